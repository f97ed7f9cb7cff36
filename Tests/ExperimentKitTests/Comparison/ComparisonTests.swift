import Foundation
import Testing

@testable import ExperimentKit

struct ComparisonTests {
  private func baseline(_ gates: [Gate] = Sample.gates) throws -> Baseline {
    try Baseline(Sample.table(), gates: gates, provenance: Sample.provenance(), reason: "first numbers")
  }

  /// The sample's rows with one metric changed.
  private func changed(_ change: (MeasurementRow) -> MeasurementRow?) throws -> MeasurementTable {
    let table = try Sample.table()
    var result = try MeasurementTable(parameters: table.parameters)
    for row in table.rows { if let row = change(row) { try result.append(row) } }
    return result
  }

  private func with(_ value: MeasuredValue, at policy: String, metric: String = "storedBytes") throws -> MeasurementTable {
    try changed { row in
      guard row.metric == metric, row.coordinates[0] == policy else { return row }
      return MeasurementRow(coordinates: row.coordinates, metric: row.metric, unit: row.unit, value: value)
    }
  }

  private func compare(_ rows: MeasurementTable, _ gates: [Gate] = Sample.gates, seed: UInt64 = 1) throws -> Comparison {
    try Comparison(baseline(gates), rows: rows, provenance: Sample.provenance(seed: seed), gates: gates)
  }

  @Test("A comparison of the same rows finds nothing")
  func same() throws {
    let comparison = try compare(Sample.table())
    #expect(!comparison.isRegression && comparison.exitStatus == 0 && comparison.contexts.isEmpty && comparison.missing.isEmpty)
    #expect(comparison.differences.count == 6 && comparison.differences.count { $0.judgement == .reported } == 3)
  }

  @Test("A decided choice stays what it is, or becomes open; one that became erratic is a regression")
  func choices() {
    let gate = Gate("planDecision", .choice)
    func judged(_ before: Int, _ now: Int) -> Comparison.Judgement {
      gate.judge(baseline: .integer(Int64(before)), run: [.integer(Int64(now))])
    }
    for decided in [0, 1] {
      #expect(judged(decided, decided) == .same && judged(decided, Gate.open) == .same && judged(Gate.open, decided) == .same)
      #expect(judged(decided, 1 - decided) == .regression && judged(decided, Gate.erratic) == .regression)
      #expect(judged(Gate.erratic, decided) == .same)
    }
    #expect(judged(Gate.open, Gate.erratic) == .same && judged(Gate.erratic, Gate.erratic) == .same)
  }

  @Test("A choice that was decided and is open now is no regression, and the text and the table name it")
  func opened() throws {
    let gates = [Gate("planDecision", .choice)]
    func rows(_ decision: Int) throws -> MeasurementTable {
      var table = try MeasurementTable(parameters: ["policy", "repetition"])
      try table.append("planDecision", decision, unit: "1", at: ["policy": "LP", "repetition": 1])
      return table
    }
    let cases = [
      (0, Gate.open, true), (1, Gate.open, true), (1, 1, false), (Gate.open, Gate.open, false), (Gate.open, 1, false),
      (Gate.erratic, Gate.open, false),
    ]
    for (before, now, isOpened) in cases {
      let baseline = try Baseline(rows(before), gates: gates, provenance: Sample.provenance(), reason: "r")
      let comparison = try Comparison(baseline, rows: rows(now), provenance: Sample.provenance(), gates: gates)
      #expect(comparison.exitStatus == 0 && comparison.opened.count == (isOpened ? 1 : 0), "\(before) \(now)")
      #expect(comparison.description.contains("planDecision at policy=LP: \(before) -> open") == isOpened)
      let table = ComparisonTable([comparison], failures: [], at: .smoke).markdown()
      #expect(table.contains("| \(before) | open | the same choice, where it is not open | now open |") == isOpened, "\(table)")
    }
  }

  @Test("A comparison catches one byte more, and calls one byte less an improvement")
  func perturbed() throws {
    let worse = try compare(with(.integer(611_000_001), at: "DEDUP"))
    #expect(worse.exitStatus == 1 && worse.regressions.map(\.place) == ["policy=DEDUP"])
    #expect(worse.description.contains("storedBytes at policy=DEDUP: 611000000 -> 611000001 bytes"))
    // A log is read from its end, where only what regressed is said once more.
    let lines = worse.regressionText.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix(worse.experiment) && lines[2].contains("611000000 -> 611000001 bytes"))
    let better = try compare(with(.integer(610_999_999), at: "DEDUP"))
    #expect(better.exitStatus == 0 && better.improvements.count == 1)
  }

  @Test("A comparison lists a removed row as missing and fails, and a new one as new")
  func missing() throws {
    let removed = try compare(changed { $0.coordinates[0] == "LP" && $0.metric == "storedBytes" ? nil : $0 })
    #expect(removed.missing == ["storedBytes in bytes at policy=LP"] && removed.exitStatus == 1)
    var more = try Sample.table()
    try more.append("storedBytes", 1, unit: "bytes", at: ["policy": "POOL", "repetition": 1])
    let added = try compare(more)
    #expect(added.added == ["storedBytes at policy=POOL"] && added.exitStatus == 0)
  }

  @Test("A baseline that was cut at the end of a line is refused, and so is one that does not say how many rows it has")
  func cutBaseline() throws {
    let folder = try TemporaryFolder()
    let results = ResultsFolder(root: folder.url)
    let whole = try baseline()
    try whole.write(to: results)
    let settings = whole.sidecar.provenance.settings
    #expect(try Baseline(reading: results, of: settings.experiment, at: settings.scale) == whole)
    let file = results.baseline(of: settings.experiment, at: settings.scale)
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    try Data((lines.dropLast().joined(separator: "\n") + "\n").utf8).write(to: file)
    #expect { try Baseline(reading: results, of: settings.experiment, at: settings.scale) } throws: {
      "\($0)".contains("it has 5 rows, and its record says 6")
    }
    let sidecar = results.baselineSidecar(of: settings.experiment, at: settings.scale)
    let counted = try contents(of: sidecar)
    try #require(counted.contains(",\n  \"rows\" : 6\n"))
    try Data(counted.replacing(",\n  \"rows\" : 6\n", with: "\n").utf8).write(to: sidecar)
    let error = #expect(throws: BaselineError.self) { try Baseline(reading: results, of: settings.experiment, at: settings.scale) }
    #expect(error == BaselineError.notCounted(settings.experiment, settings.scale, path: sidecar.path))
    #expect(error?.description.contains("experiments baseline fig6-sample --scale smoke --reason") == true)
  }

  @Test("A comparison treats a changed unit and changed columns as missing rows")
  func units() throws {
    let unit = try compare(
      changed { MeasurementRow(coordinates: $0.coordinates, metric: $0.metric, unit: "kB", value: $0.value) })
    #expect(unit.missing.count == 6)
    var other = try MeasurementTable(parameters: ["scheme", "repetition"])
    try other.append("storedBytes", 1, unit: "bytes", at: ["scheme": "LP", "repetition": 1])
    let columns = try compare(other)
    #expect(columns.isRegression && columns.gateChanges[0].contains("columns"))
  }

  @Test("A comparison lists the contexts first, then what is missing, then what differs")
  func order() throws {
    let rows = try changed { row in
      if row.coordinates[0] == "LP", row.metric == "storedBytes" { return nil }
      return row.metric == "storedBytes"
        ? MeasurementRow(coordinates: row.coordinates, metric: row.metric, unit: row.unit, value: .integer(99_000_000_000)) : row
    }
    let text = try compare(rows, seed: 2).description
    let places: [String.Index] = ["Contexts differ:\n    seed: 1 -> 2", "Missing from the run", "Regressions:", "Reported:"].compactMap {
      heading in
      text.range(of: heading)?.lowerBound
    }
    #expect(places.count == 4 && places == places.sorted())
  }

  @Test("A comparison allows a stated tolerance and no more")
  func tolerance() throws {
    let gates = [Gate("storedBytes", .within(0.05, reason: "floating-point sums differ by thread count"), better: .lower)]
    #expect(try compare(with(.integer(641_000_000), at: "DEDUP"), gates).exitStatus == 0)
    #expect(try compare(with(.integer(642_000_000), at: "DEDUP"), gates).exitStatus == 1)
    #expect(try compare(with(.integer(500_000_000), at: "DEDUP"), gates).improvements.count == 1)
    let both = [Gate("storedBytes", .within(0.05, reason: "noise"))]
    #expect(try compare(with(.integer(500_000_000), at: "DEDUP"), both).exitStatus == 1, "no direction is good, so both are bad")
  }

  @Test("A comparison gates a ratio at a fraction of the baseline's")
  func ratio() throws {
    let gates = [Gate("storedBytes", .ratioAtLeast(0.5))]
    #expect(try compare(with(.integer(306_000_000), at: "DEDUP"), gates).exitStatus == 0)
    #expect(try compare(with(.integer(305_000_000), at: "DEDUP"), gates).exitStatus == 1)
    #expect(try compare(with(.integer(1_300_000_000), at: "DEDUP"), gates).improvements.count == 1)
  }

  @Test("A comparison never judges what is only reported")
  func reported() throws {
    #expect(
      try compare(with(.real(1e9), at: "LP", metric: "readSeconds").filter("readSeconds"), [Gate("readSeconds", .reported)]).exitStatus == 0
    )
  }

  @Test("The first gate that covers a row holds it: one policy's bytes may vary, the others' may not")
  func places() throws {
    let loose = Gate("storedBytes", .within(0.05, reason: "last bits"), where: ["policy": "DEDUP"])
    let gates = [loose, Gate("storedBytes", .exact)]
    #expect(try compare(with(.integer(612_000_000), at: "DEDUP"), gates).exitStatus == 0)
    #expect(try compare(with(.integer(700_000_000), at: "DEDUP"), gates).exitStatus == 1)
    #expect(try compare(with(.integer(612_000_000), at: "STORE_ALL"), gates).exitStatus == 1)
    let recorded = try baseline(gates).table.filter("storedBytes").rows.map { $0.coordinates.last! }
    #expect(recorded.count == 3 && recorded.count { $0 == "exact" } == 2 && recorded.count { $0.hasPrefix("within 0.05") } == 1)
    // The other order leaves nothing to the narrower one.
    #expect(try compare(with(.integer(612_000_000), at: "DEDUP"), gates.reversed()).exitStatus == 1)
    // Rows that no gate covers are not held, and what covers none is a slip.
    #expect(try compare(with(.integer(612_000_000), at: "STORE_ALL"), [loose]).exitStatus == 0)
    for place in [["policy": "DEDUPE"], ["polity": "DEDUP"]] {
      let places = place.map { "\($0.key)=\($0.value)" }
      #expect(throws: BaselineError.notMeasured("fig6-sample", metric: "storedBytes", place: places)) {
        try baseline([Gate("storedBytes", .exact, where: place)])
      }
    }
  }

  @Test("A comparison shows a gate that was loosened, dropped, or calls another direction good")
  func gates() throws {
    let loose = [Gate("storedBytes", .within(0.5, reason: "why not")), Gate("readSeconds", .reported)]
    let loosened = try Comparison(baseline(), rows: Sample.table(), provenance: Sample.provenance(), gates: loose)
    #expect(loosened.gateChanges == ["storedBytes was gated 'exact (lower is better)' and is now 'within 0.5: why not'"])
    let flipped = [Gate("storedBytes", .exact, better: .higher), Gate("readSeconds", .reported)]
    let turned = try Comparison(baseline(), rows: Sample.table(), provenance: Sample.provenance(), gates: flipped)
    #expect(turned.gateChanges == ["storedBytes was gated 'exact (lower is better)' and is now 'exact (higher is better)'"])
    let dropped = try Comparison(baseline(), rows: Sample.table(), provenance: Sample.provenance(), gates: [Gate("readSeconds", .reported)])
    #expect(dropped.exitStatus == 1 && dropped.missing.count == 3)
  }

  @Test("A comparison needs a reason, gated rows and repetitions that agree to set one")
  func badBaselines() throws {
    let (rows, provenance) = try (Sample.table(), Sample.provenance())
    #expect(throws: BaselineError.noReason("fig6-sample")) { try Baseline(rows, gates: Sample.gates, provenance: provenance, reason: " ") }
    #expect(throws: BaselineError.notMeasured("fig6-sample", metric: "x")) {
      try Baseline(rows, gates: [Gate("x", .exact)], provenance: provenance, reason: "r")
    }
    #expect { try Baseline(rows, gates: [Gate("readSeconds", .exact)], provenance: provenance, reason: "r") } throws: {
      "\($0)".contains("repetitions differ: 0.5, 0.25")
    }
  }

  @Test("A comparison works from the files of a run")
  func files() throws {
    let folder = try TemporaryFolder()
    let transcript = Transcript()
    let runner = Runner(results: ResultsFolder(root: folder.url), output: transcript.output)
    let experiment = Sample.experiment()
    _ = try runner.run(experiment, Sample.options)
    #expect { try runner.compare(experiment, at: .smoke) } throws: { "\($0)".contains("no baseline at scale smoke") }
    try runner.setBaseline(experiment, at: .smoke, reason: "the first numbers")
    #expect(try runner.compare(experiment, at: .smoke).exitStatus == 0)
    #expect(try contents(of: runner.results.baselineSidecar(of: experiment.name, at: .smoke)).contains("the first numbers"))

    let file = runner.results.baseline(of: experiment.name, at: .smoke)
    try Data(contents(of: file).replacing(",611000000", with: ",610999999").utf8).write(to: file)
    #expect(try runner.compare(experiment, at: .smoke).exitStatus == 1)
    #expect(transcript.text.contains("REGRESSION: 1 worse, 0 missing, 0 claims lost."))
  }
}
