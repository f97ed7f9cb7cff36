import Foundation
import Testing

@testable import ExperimentKit

/// What the table for a pull request must catch, each by itself.
struct ComparisonTableTests {
  private static let gates = [
    Gate("storedBytes", .within(0.02, reason: "frames differ by thread count"), better: .lower), Gate("speedUp", .ratioAtLeast(0.6)),
    Gate("chosenRead", .exact),
  ]

  private static func rows(bytes: Int = 1000, speedUp: Double = 10, chosenRead: Int = 1) throws -> MeasurementTable {
    var table = try MeasurementTable(parameters: ["policy", "repetition"])
    let place: MeasurementTable.Parameters = ["policy": "DEDUP | <b>", "repetition": 1]
    try table.append("storedBytes", bytes, unit: "B", at: place)
    try table.append("speedUp", speedUp, unit: "1", at: place)
    try table.append("chosenRead", chosenRead, unit: "1", at: place)
    return table
  }

  private static func provenance(_ experiment: String = "fig6-sample", data: String = "homes", seed: UInt64 = 1, isDirty: Bool = false)
    throws -> Provenance
  {
    let usual = try Sample.provenance(data: .real(data, files: []), seed: seed)
    return Provenance(
      settings: .init(experiment: experiment, scale: .smoke, seed: seed, repetitions: 3, configuration: [:]),
      source: SourceState(commit: String(repeating: "cd", count: 20), isDirty: isDirty), machine: usual.machine, versions: usual.versions,
      data: usual.data, usage: usual.usage)
  }

  private static func claim(holds: Bool) -> Claim {
    Claim("sample.fast", "Reading is fast.", source: "section 8") { _ in ClaimVerdict(holds: holds, numbers: ["n": 1]) }
  }

  private func compare(_ rows: MeasurementTable, _ run: Provenance? = nil, holds: Bool = true) throws -> Comparison {
    let baseline = try Baseline(
      Self.rows(), gates: Self.gates, claims: [Self.claim(holds: true)], provenance: Self.provenance(), reason: "first")
    return try Comparison(
      baseline, rows: rows, provenance: run ?? Self.provenance(), gates: Self.gates, claims: [Self.claim(holds: holds)])
  }

  /// The rows of the table, cell by cell.
  private func cells(_ comparisons: [Comparison], failures: [ComparisonTable.Failure] = []) -> [[String]] {
    ComparisonTable(comparisons, failures: failures, at: .smoke).markdown().split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
      .map { $0.dropFirst(2).dropLast(2).components(separatedBy: " | ") }
  }

  @Test("The table of equal runs says that nothing differs")
  func same() throws {
    let table = try ComparisonTable([compare(Self.rows())], failures: [], at: .smoke)
    #expect(
      !table.isRegression && table.markdown().hasPrefix("### No regression at scale smoke") && table.markdown().contains("Nothing differs.")
    )
  }

  @Test("The table catches three percent more bytes, with numbers, gate and verdict")
  func bytes() throws {
    let comparison = try compare(Self.rows(bytes: 1030))
    #expect(comparison.exitStatus == 1)
    let gate = "within 0.02 (lower is better): frames differ by thread count"
    #expect(
      cells([comparison]) == [["fig6-sample: storedBytes at policy=DEDUP \\| &lt;b&gt;", "1000 B", "1030 B (1.03x)", gate, "REGRESSION"]])
    #expect(try compare(Self.rows(bytes: 1020)).exitStatus == 0, "what the gate allows")
  }

  @Test("The table catches a halved speed-up")
  func speed() throws {
    let comparison = try compare(Self.rows(speedUp: 5))
    #expect(comparison.exitStatus == 1 && cells([comparison])[0].suffix(2) == ["at least 0.6 of it", "REGRESSION"])
  }

  @Test("The table catches a changed plan")
  func plan() throws {
    let comparison = try compare(Self.rows(chosenRead: 0))
    #expect(comparison.exitStatus == 1 && cells([comparison])[0][1...3] == ["1 1", "0 1 (0x)", "exact"])
  }

  @Test("The table catches a lost claim")
  func claim() throws {
    let comparison = try compare(Self.rows(), holds: false)
    #expect(comparison.exitStatus == 1)
    #expect(
      cells([comparison]) == [
        ["fig6-sample: sample.fast: Reading is fast.", "holds", "does not hold", "a claim that held must hold", "CLAIM LOST"]
      ])
  }

  @Test("The table catches a lost experiment and a lost row, and puts them first")
  func missing() throws {
    var rows = try MeasurementTable(parameters: ["policy", "repetition"])
    for row in try Self.rows(bytes: 1030).rows where row.metric != "speedUp" { try rows.append(row) }
    let comparison = try compare(rows, Self.provenance(data: "other homes"))
    let table = ComparisonTable([comparison], failures: [.init(experiment: "fig7", reason: "it was not run")], at: .smoke)
    #expect(table.isRegression && table.markdown().contains("1 of 2 experiments compared") && table.markdown().contains("2 missing"))
    let cells = cells([comparison], failures: [.init(experiment: "fig7", reason: "it was not run")])
    #expect(cells.map { $0.last } == ["MISSING: it was not run", "MISSING", "REGRESSION", "OTHER DATA"])
    #expect(cells[0][0] == "fig7")
    #expect(ComparisonTable([], failures: [.init(experiment: "fig7", reason: "r")], at: .smoke).isRegression)
  }

  @Test("The table catches other data, other settings and a dirty tree, each fact once for all experiments")
  func contexts() throws {
    let other = try compare(Self.rows(), Self.provenance(data: "other homes", seed: 2, isDirty: true))
    let cells = cells([other, other])
    #expect(cells.map { $0[0] } == ["source (all)", "data (all)", "seed (all)"])
    #expect(cells.map { String($0[4].prefix { $0 != ":" }) } == ["DIRTY TREE", "OTHER DATA", "OTHER SETTINGS"])
    #expect(cells[0][2] == "commit cdcdcdcd, changed" && cells[1][1...2] == ["real data: homes", "real data: other homes"])
    // A baseline that was set from changed sources does not hide that the run's are changed too.
    #expect(try compare(Self.rows(), Self.provenance(isDirty: true)).unclean != nil)
  }

  @Test("The headline and the text doubt runs of another commit than the checkout, say which it is and what to do; the status stays")
  func otherCommit() throws {
    let baseline = try Baseline(Self.rows(), gates: Self.gates, provenance: Self.provenance(), reason: "first")
    func held(to checkout: SourceState?) throws -> Comparison {
      try Comparison(baseline, rows: Self.rows(), provenance: Self.provenance(), gates: Self.gates, checkout: checkout)
    }
    func headline(_ comparisons: [Comparison]) -> Substring {
      ComparisonTable(comparisons, failures: [], at: .smoke).markdown().prefix { $0 != "\n" }
    }
    let same = try held(to: Self.provenance().source)
    let other = try held(to: SourceState(commit: String(repeating: "ef", count: 20), isDirty: false))
    #expect(same.otherCheckout == nil && headline([same]) == "### No regression at scale smoke" && !same.description.contains("DOUBT"))
    #expect(
      headline([same, other])
        == "### No regression at scale smoke (1 of 2 runs are not of the checkout, commit efefefef: run them again)")
    #expect(other.exitStatus == 0 && other.description.contains("measured at commit cdcdcdcd (the checkout is at commit efefefef"))
    #expect(other.description.hasSuffix("which is at commit efefefef. Run it again: experiments run fig6-sample --scale smoke\n"))
    // Where git cannot be asked nobody knows.
    for unknown in [nil, SourceState(noCommitBecause: "no git")] { #expect(try held(to: unknown) == same) }
  }

  @Test("The table of very many rows fits a comment, and counts what it leaves out")
  func limit() throws {
    var before = try MeasurementTable(parameters: ["policy", "repetition"])
    var after = before
    for number in 0..<3000 {
      let place: MeasurementTable.Parameters = ["policy": "🦊 \(number) " + String(repeating: "<|>", count: 30), "repetition": 1]
      try before.append("storedBytes", 1000, unit: "B", at: place)
      try after.append("storedBytes", number == 0 ? 1 : 2000, unit: "B", at: place)
    }
    let gates = [Gate("storedBytes", .exact, better: .lower)]
    let baseline = try Baseline(before, gates: gates, provenance: Self.provenance(), reason: "r")
    let comparison = try Comparison(baseline, rows: after, provenance: Self.provenance(), gates: gates)
    let failures = [ComparisonTable.Failure(experiment: "lost", reason: String(repeating: "why ", count: 1000))]
    let text = ComparisonTable([comparison], failures: failures, at: .smoke).markdown()
    #expect(text.utf8.count < 65_536 && text.utf8.count > 50_000 && text.contains("| lost | "))
    let shown = text.components(separatedBy: "REGRESSION |").count - 1
    #expect(text.contains("\n\(2999 + 1 - shown) more rows do not fit") && !text.contains("improvement |"))
  }
}
