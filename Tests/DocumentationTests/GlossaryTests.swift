import Foundation
import Testing

/// The glossary names types and files that are there.
struct GlossaryTests {
  /// A row of one of the page's tables.
  struct Entry: CustomStringConvertible {
    let term: String
    /// Without backticks; nil for a dash.
    let name: String?
    let file: String?

    var description: String { "\(term): \(name ?? "-") in \(file ?? "-")" }

    /// The declarations that `name` needs in its file: the last part must be declared there, one before it declared or extended.
    ///
    /// Returns what is missing, nil when nothing is.
    func fault(in root: URL) -> String? {
      guard let name, let file else { return name == nil && file == nil ? nil : "a name needs a file" }
      guard let text = try? String(contentsOf: root.appendingPathComponent(file), encoding: .utf8) else { return "no file \(file)" }
      let parts = name.split(separator: ".").map(String.init)
      guard let last = parts.last, text.contains(Self.declaration(of: last)) else { return "\(name) is not declared in \(file)" }
      if let owner = parts.dropLast().last, !text.contains(Self.declaration(of: owner, orExtension: true)) {
        return "\(file) is not about \(owner)"
      }
      return nil
    }

    private static func declaration(of name: String, orExtension: Bool = false) -> Regex<AnyRegexOutput> {
      let words = "struct|class|enum|protocol|actor|typealias|func|var|let|case" + (orExtension ? "|extension" : "")
      return try! Regex("(^|[ (])(\(words)) \(name)\\b").anchorsMatchLineEndings()
    }
  }

  static let page = Pages.all.first { $0.name == "Glossary.md" }?.text ?? ""

  static let entries: [Entry] = page.components(separatedBy: "\n").compactMap { line in
    let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    guard line.hasPrefix("| "), cells.count >= 4, cells[0] != "term" else { return nil }
    func code(_ cell: String) -> String? { cell == "-" ? nil : cell.trimmingCharacters(in: CharacterSet(charactersIn: "`")) }
    return Entry(term: cells[0], name: code(cells[1]), file: code(cells[2]))
  }

  @Test("Every type and file of the glossary is there", arguments: entries)
  func entry(entry: Entry) {
    let fault = entry.fault(in: Pages.root)
    #expect(fault == nil, "Glossary.md, \(entry): \(fault ?? "")")
  }

  @Test("The glossary has every term of the paper, and no term twice")
  func terms() {
    let terms = Self.entries.map(\.term)
    #expect(Set(terms).count == terms.count)
    for term in [
      "RowBlock", "ColumnChunk", "Partition", "InMemoryStore", "DataStore", "PipelineExecutor", "ChunkReader", "MetadataDB", "LP_QT",
      "KBIT_QT",
      "THRESHOLD_QT", "POOL_QT", "gamma", "STORE_ALL", "DEDUP", "t_rerun", "t_read", "n_query", "intermediate", "stage", "transformer",
      "project, model, key", "POINTQ", "TOPK", "COL_DIFF", "COL_DIST", "KNN", "ROW_DIFF", "CORR", "SVCCA", "VIS", "NETDISSECT",
    ] {
      #expect(terms.contains(term), "\(term) is not in the glossary")
    }
  }

  @Test(
    "A stale entry is noticed",
    arguments: [
      Entry(term: "renamed", name: "ChunkReaders", file: "Sources/Mistique/Query/ChunkReader.swift"),
      Entry(term: "moved", name: "ChunkReader", file: "Sources/Mistique/Reading/ChunkReader.swift"),
      Entry(term: "of another type", name: "QueryPlan.storeAll", file: "Sources/Mistique/Policies/StoragePolicy.swift"),
      Entry(term: "without a file", name: "ChunkReader", file: nil),
    ])
  func stale(entry: Entry) { #expect(entry.fault(in: Pages.root) != nil) }
}
