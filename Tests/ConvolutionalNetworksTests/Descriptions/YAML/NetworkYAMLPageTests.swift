import Foundation
import Testing

@testable import ConvolutionalNetworks

/// The tables of keys in Networks.md, held to the reader.
struct NetworkYAMLPageTests {
  private struct Row {
    let kind: String
    let key: String
    let type: String
    let standard: String
  }

  /// The rows of both tables of keys; the network's own have no kind.
  private static func rows() throws -> [Row] {
    let root = URL(fileURLWithPath: #filePath).pathComponents.dropLast(5)
    let page = URL(fileURLWithPath: NSString.path(withComponents: Array(root)))
      .appendingPathComponent("Sources/ConvolutionalNetworks/ConvolutionalNetworks.docc/Networks.md")
    let lines = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n")
    func table(_ header: String) -> [[String]] {
      guard let start = lines.firstIndex(of: header) else { return [] }
      return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
        line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
          $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
        }
      }
    }
    return table("| key | type | default | meaning |").map { Row(kind: "", key: $0[0], type: $0[1], standard: $0[2]) }
      + table("| kind | key | type | default | meaning |").map { Row(kind: $0[0], key: $0[1], type: $0[2], standard: $0[3]) }
  }

  @Test("The page has exactly the keys that the reader takes")
  func keys() throws {
    let rows = try Self.rows()
    #expect(rows.filter { $0.kind.isEmpty }.map(\.key).sorted() == NetworkDescription.yamlKeys.sorted())
    #expect(rows.filter { $0.kind == "every kind" }.map(\.key).sorted() == LayerDescription.commonKeys.sorted())
    let keys = Dictionary(grouping: rows.filter { !$0.kind.isEmpty && $0.kind != "every kind" }, by: \.kind)
      .mapValues { Set($0.map(\.key).filter { !$0.isEmpty }) }
    #expect(keys == LayerDescription.yamlKeys.mapValues { Set($0) })
  }

  @Test("A key that is left out has the page's default, and a required one is missed")
  func defaults() throws {
    let rows = try Self.rows().filter { !$0.key.isEmpty && !$0.kind.isEmpty }
    func layer(_ kind: String, _ values: [String: String]) throws -> LayerDescription {
      let text = values.map { "\($0): \($1)" }.joined(separator: ", ")
      let yaml = "{name: n, input: [3, 32, 32], layers: [convolution: 3, \(kind): {\(text)}]}"
      return try NetworkDescription(yaml: yaml, origin: "page").layerDescriptions[1]
    }
    for kind in LayerDescription.yamlKeys.keys {
      let own = rows.filter { $0.kind == kind }
      let joins = kind == "add" || kind == "concatenate"
      let hasDropout = kind != "dropout" && kind != "softmax"
      var required = Dictionary(
        uniqueKeysWithValues: own.filter { $0.standard == "required" }.map { ($0.key, $0.type.hasPrefix("whole number") ? "2" : "0.5") })
      if joins { required["inputs"] = "[1, 1]" }
      let plain = try layer(kind, required)
      for row in own + rows.filter({ $0.kind == "every kind" }) where row.standard != "required" && row.key != "inputs" {
        // What is no value of the key: a module has no default, and a stride is that of the window.
        if row.standard == "none" || row.standard == "the size" { continue }
        guard row.key != "dropout" || hasDropout else {
          #expect(throws: NetworkFileError.self) { try layer(kind, required.merging([row.key: row.standard]) { $1 }) }
          continue
        }
        #expect(try layer(kind, required.merging([row.key: row.standard]) { $1 }) == plain, "\(kind).\(row.key)")
      }
      for row in own where row.standard == "required" {
        #expect(throws: NetworkFileError.self) { try layer(kind, required.filter { $0.key != row.key }) }
      }
      if !joins { #expect(try layer(kind, required.merging(["inputs": "[1]"]) { $1 }).inputs == [1] && plain.inputs == nil) }
    }
  }
}
