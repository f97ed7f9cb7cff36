import Foundation

/// What became of the paper's statements in published runs, as a page of Markdown.
///
/// A published folder holds `<experiment>.rows.csv` and `<experiment>.provenance.json` of every experiment. The statements are judged from the rows.
package struct ClaimsPage: Sendable {
  /// A statement with the run that judged it.
  private struct Entry {
    let experiment: String
    let provenance: Provenance
    /// Over how many images, where the rows say so: scales log the first of their data.
    let images: [Int]
    let claim: ClaimResult
  }

  private let entries: [Entry]
  /// Experiments that no published run is of, but for those on demand.
  private let missing: [Experiment]

  /// Judges the claims of every experiment of `laboratory` that is published.
  ///
  /// Throws: `FileError` when none is, or only half of one, `CSVError` or `RecordError` when they are damaged.
  package init(published folder: URL, of laboratory: Laboratory) throws {
    func file(_ experiment: Experiment, _ kind: String) -> URL { folder.appendingPathComponent("\(experiment.name).\(kind)") }
    let absent = laboratory.experiments.filter { experiment in
      !["provenance.json", "rows.csv"].contains { FileManager.default.fileExists(atPath: file(experiment, $0).path) }
    }
    let isEmpty = absent.count == laboratory.experiments.count
    missing = isEmpty ? [] : absent.filter { one in laboratory.usual.contains { $0.name == one.name } }
    entries = try laboratory.experiments.filter { one in isEmpty || !absent.contains { $0.name == one.name } }.flatMap { experiment in
      let provenance = try AtomicFile.readJSON(Provenance.self, from: file(experiment, "provenance.json"))
      let rows = try MeasurementTable(reading: file(experiment, "rows.csv"))
      // A figure by the number of images has it as a parameter.
      let counts =
        rows.parameters.contains("images")
        ? try rows.values(of: "images").compactMap(Int.init) : try rows.filter("images").rows.compactMap { Int(exactly: $0.value.double) }
      let images = Set(counts).sorted()
      return experiment.outcome.claims.results(for: rows, at: provenance.settings.scale).map {
        Entry(experiment: experiment.name, provenance: provenance, images: images, claim: $0)
      }
    }
  }

  /// First what does not hold of the paper, then what does, then what is claimed beyond it, then the runs.
  package func markdown() -> String {
    func judged(beyondThePaper: Bool) -> (failing: [Entry], holding: [Entry]) {
      let those = entries.filter { $0.claim.isBeyondThePaper == beyondThePaper }
      return (those.filter(\.claim.isFailure), those.filter { $0.claim.outcome == .holds })
    }
    let (papers, ours) = (judged(beyondThePaper: false), judged(beyondThePaper: true))
    return """
      # What holds of the paper, and what does not

      Every statement of the paper that the experiments judge, with the numbers that decide it: \(papers.holding.count) hold, \(papers.failing.count) do not.
      Sections, figures and numbers are the paper's; pages are not given, for the notes that these were checked against have none. Allowances for noise are ours, and said.
      Of what we claim beyond the paper, \(ours.holding.count) hold and \(ours.failing.count) do not; these stand in a list of their own.
      [The published runs](published/2-cores/README.md) were made on two cores at the scale below, not at the paper's sizes, and some on generated data.
      This page is made from them by `make claims`; a test compares the two.

      ## Does not hold

      \(Self.table(papers.failing))
      ## Holds

      \(Self.table(papers.holding))
      ## Beyond the paper: does not hold

      \(Self.table(ours.failing))
      ## Beyond the paper: holds

      \(Self.table(ours.holding))
      ## The runs

      | experiment | scale | data | images of it logged | source |
      |---|---|---|---|---|
      \(runs())

      """ + notPublished
  }

  private var notPublished: String {
    guard !missing.isEmpty else { return "" }
    let rows = missing.map { "| `\($0.name)` | \(MarkdownText.cell($0.identity.source)) | \(MarkdownText.cell($0.identity.title)) |\n" }
    return "\n## Not published yet\n\n| experiment | paper | what it measures |\n|---|---|---|\n" + rows.joined()
  }

  private static func table(_ entries: [Entry]) -> String {
    guard !entries.isEmpty else { return "Nothing.\n" }
    let rows = entries.map { entry in
      let claim = entry.claim
      let numbers = claim.numbers.map { "\($0.name): \(text($0.value))" }.joined(separator: "; ")
      let remark = claim.remark.map { " *\(MarkdownText.cell($0))*" } ?? ""
      let cells = [claim.statement, claim.source, numbers].map(MarkdownText.cell).joined(separator: " | ")
      return "| \(cells)\(remark) | `\(entry.experiment)` |\n"
    }
    return "| statement | paper | numbers | experiment |\n|---|---|---|---|\n" + rows.joined()
  }

  private func runs() -> String {
    var seen: Set<String> = []
    return entries.filter { seen.insert($0.experiment).inserted }.map { entry in
      let provenance = entry.provenance
      let images = entry.images.map { Quantity.grouped($0) }.joined(separator: "; ")
      return
        "| `\(entry.experiment)` | \(provenance.settings.scale) | \(MarkdownText.cell(provenance.data.label)) | \(images) | \(provenance.source.short) |"
    }.joined(separator: "\n")
  }

  /// Three significant digits, large numbers in full.
  private static func text(_ value: Double) -> String {
    guard abs(value) >= 1e4, let whole = Int64(exactly: value.rounded()) else { return Quantity.plain(value) }
    return Quantity.grouped(whole)
  }
}
