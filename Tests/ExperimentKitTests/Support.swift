import Foundation
import Synchronization
import Testing

@testable import ExperimentKit

/// A folder of its own for a test, with spaces and an emoji in its path; gone with the value.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("experiment kit 🔬 \(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws -> URL {
    let file = url.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file
  }
}

/// Collects what is printed.
final class Transcript: Sendable {
  private let lines = Mutex<[String]>([])
  var text: String { lines.withLock { $0.joined(separator: "\n") } }
  var count: Int { lines.withLock { $0.count } }
  var output: RunOutput { RunOutput(line: { [self] in add($0) }, progress: .silent) }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Counts from any thread.
final class Counter: Sendable {
  private let state = Mutex(0)
  var value: Int { state.withLock { $0 } }
  @discardableResult func next() -> Int {
    state.withLock {
      $0 += 1
      return $0
    }
  }
}

func contents(of url: URL) throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }

struct Boom: Error, Equatable {}

/// A small experiment: stored bytes of three policies, and a timing.
enum Sample {
  static let bytes: [(policy: String, bytes: Int)] = [("STORE_ALL", 67_000_000_000), ("LP", 34_000_000_000), ("DEDUP", 611_000_000)]
  static let cost = Cost(seconds: 2, diskBytes: 1_000_000, memoryBytes: 1_000_000)

  static let holds = Claim("sample.dedup", "DEDUP never stores more than STORE_ALL.", source: "figure 6") { table in
    try .descending([
      ("STORE_ALL", table.value("storedBytes", where: ["policy": "STORE_ALL"])),
      ("DEDUP", table.value("storedBytes", where: ["policy": "DEDUP"])),
    ])
  }

  /// The canary: it must fail.
  static let isFalse = Claim("sample.canary", "DEDUP stores more than STORE_ALL.", source: "nowhere") { table in
    let all = try table.value("storedBytes", where: ["policy": "STORE_ALL"])
    let dedup = try table.value("storedBytes", where: ["policy": "DEDUP"])
    return ClaimVerdict(holds: dedup > all, numbers: ["DEDUP": dedup, "STORE_ALL": all])
  }

  static let figure = Figure("sample-storage") { table in
    let policies = try table.values(of: "policy")
    let ours = try policies.map { try Optional(table.value("storedBytes", where: ["policy": $0])) }
    return Chart(
      title: "Stored bytes by policy",
      panels: [
        Panel(
          x: Axis(""), y: Axis("stored", .logarithmic, format: .bytes),
          .bars(
            categories: policies,
            [BarSeries("measured", values: ours), BarSeries("paper", role: .paper(beside: "measured"), values: [67e9, nil, 0.611e9])]))
      ])
  }

  static let gates = [Gate("storedBytes", .exact, better: .lower), Gate("readSeconds", .reported)]

  static func experiment(
    name: String = "fig6-sample", claims: [Claim] = [holds], figures: [Figure] = [],
    run: @escaping @Sendable (RunContext) throws -> Void = measure
  ) -> Experiment {
    Experiment(
      .init(name: name, aliases: [String(name.prefix { $0 != "-" })], title: "Stored bytes", source: "figure 6"),
      parameters: ["policy"], costs: [.smoke: cost, .small: cost],
      outcome: .init(
        claims: claims, figures: figures, gates: gates,
        keyFigures: [
          KeyFigure("DEDUP saves") { table in
            let all = try table.value("storedBytes", where: ["policy": "STORE_ALL"])
            return try Quantity.ratio(all / table.value("storedBytes", where: ["policy": "DEDUP"]))
          }
        ]),
      run: run)
  }

  static let measure: @Sendable (RunContext) throws -> Void = { context in
    try context.state(data: .generated("seeded bytes", files: []))
    for (policy, bytes) in bytes {
      try context.checkpointed(policy) {
        try context.record("storedBytes", bytes, unit: "bytes", at: ["policy": policy])
        try context.record("readSeconds", Timings(seconds: [0.5, 0.25, 0.75]), at: ["policy": policy])
      }
    }
  }

  static func table() throws -> MeasurementTable {
    var table = try MeasurementTable(parameters: ["policy", "repetition"])
    for (policy, bytes) in bytes {
      try table.append("storedBytes", bytes, unit: "bytes", at: ["policy": policy, "repetition": 1])
      for (index, seconds) in [0.5, 0.25, 0.75].enumerated() {
        try table.append("readSeconds", seconds, unit: "s", at: ["policy": policy, "repetition": index + 1])
      }
    }
    return table
  }

  static func provenance(data: DataSource = .generated("seeded bytes", files: []), seed: UInt64 = 1) throws -> Provenance {
    let date = Date(timeIntervalSince1970: 1_700_000_000)
    return try Provenance(
      settings: .init(experiment: "fig6-sample", scale: .smoke, seed: seed, repetitions: 3, configuration: [:]),
      source: SourceState(commit: String(repeating: "ab", count: 20), isDirty: true), machine: .current(),
      versions: ["swift": "6.3.1", "gnuplot": "5.4"], data: DataRecord(data),
      usage: .init(
        startedAt: date, finishedAt: date, wallSeconds: 1, peakMemoryBytes: 1, isPeakOfThisRun: true, diskBytes: nil, resumedUnits: 0))
  }

  static var options: RunOptions {
    var options = RunOptions(scale: .smoke)
    options.versions = ["swift": "6.3.1"]
    return options
  }
}
