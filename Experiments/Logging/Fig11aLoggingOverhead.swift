import ExperimentKit
import Foundation
import Mistique

/// Figure 11a of the paper: what logging a pipeline takes under each policy, from reading the files and training to the durable commit.
///
/// In the paper every write is synchronous, which it calls an upper bound. Both are measured: that bound, and what a store does otherwise.
enum Fig11aLoggingOverhead {
  struct Policy {
    let name: String
    let policy: StoragePolicy
    /// Where nothing is stored while a pipeline runs, there is nothing to sync.
    var writings: [LoggingWrites] { policy == .none || policy == .paperAdaptive ? [.oneCommit] : LoggingWrites.allCases }
  }

  static let gzip = "STORE_ALL gzip"
  /// DEDUP is the paper's, DEDUP+derived ours.
  static let policies = [
    Policy(name: "none", policy: .none), Policy(name: "adaptive", policy: .paperAdaptive), Policy(name: "DEDUP", policy: .algorithm4),
    Policy(name: "DEDUP+derived", policy: .dedup), Policy(name: gzip, policy: StoragePolicy(.storeAll, codec: .gzip())),
    Policy(name: "STORE_ALL", policy: .storeAll), Policy(name: "STORE_ALL raw", policy: StoragePolicy(.storeAll, codec: .none)),
  ]
  static let parameters = ["pipeline", "policy", "writing"]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig11a-logging-overhead", aliases: ["fig11a"], title: "What logging adds to running a pipeline",
        source: "section 8.6, figure 11a"),
      parameters: parameters,
      costs: settings.pipelineCosts([
        .smoke: Cost(seconds: 20, diskBytes: 12_000_000, memoryBytes: 150_000_000),
        .ci: Cost(seconds: 60, diskBytes: 60_000_000, memoryBytes: 250_000_000),
        .small: Cost(seconds: 270, diskBytes: 500_000_000, memoryBytes: 2_200_000_000),
        .paper: Cost(seconds: 16_000, diskBytes: 16_000_000_000, memoryBytes: 16_000_000_000),
      ]),
      outcome: .init(
        claims: Fig11aClaims.all, figures: [Figure("fig11a-logging-overhead", chart: Fig11aFigure.chart)],
        gates: [
          Gate("chunks", .exact), Gate("duplicateChunks", .exact), Gate("passedChunks", .exact),
          Gate("storedBytes", .within(0.02, reason: "the catalogue grows by pages"), better: .lower),
          Gate("overhead", .reported),
          Gate("logSeconds", .reported),
        ],
        keyFigures: Fig11aClaims.keyFigures),
      // Policies are compared with each other on one pipeline, never two pipelines.
      parts: { _ in PipelineWorkload.timedWhenLogged.map { ExperimentPart($0) } }
    ) { context in
      try context.state(data: try PipelineWorkload.source(context.scale, context.seed, settings))
      let tables = try PipelineWorkload(context, settings: settings)
      for name in PipelineWorkload.timedWhenLogged {
        try context.part(name) { try context.checkpointed("logging \(name)") { try measure(name, tables, context) } }
      }
    }
  }

  /// A pipeline logged without storing anything and right after that under a policy: what disturbs one disturbs the other.
  private struct Pair {
    let plain: TimedLogging
    let logged: TimedLogging
    var ratio: Double { logged.report.seconds / plain.report.seconds }
  }

  private static func measure(_ name: String, _ tables: PipelineWorkload, _ context: RunContext) throws {
    let pipeline = try tables.pipeline(name)
    let folder = context.scratchDirectory.appendingPathComponent("overhead")
    func log(_ policy: StoragePolicy, _ writing: LoggingWrites = .oneCommit) throws -> TimedLogging {
      try context.checkCancelled()
      // A model keeps what it has fitted: each run trains one of its own.
      let run = try TimedLogging(
        tables.model(pipeline), as: PipelineWorkload.identity(pipeline), policy: policy, in: folder, writes: writing)
      context.state(diskBytes: Int64(run.diskBytes))
      return run
    }
    let progress = context.progress("logging \(name)", total: context.repetitions * policies.count, unit: "policies")
    var pairs: [String: [LoggingWrites: [Pair]]] = [:]
    // The first run touches memory that the process never used, and files that may not be in the page cache; it is not timed.
    _ = try log(.none)
    let most = policies.last!
    for writing in most.writings { _ = try log(most.policy, writing) }
    for _ in 0..<context.repetitions {
      for policy in policies {
        let plain = try log(.none)
        for writing in policy.writings {
          pairs[policy.name, default: [:]][writing, default: []].append(Pair(plain: plain, logged: try log(policy.policy, writing)))
        }
        progress.advance()
      }
    }
    progress.finish()
    for policy in policies {
      for writing in policy.writings {
        try record(
          pairs[policy.name]![writing]!, at: ["pipeline": name, "policy": policy.name, "writing": writing.rawValue], context)
      }
    }
  }

  private static func record(_ pairs: [Pair], at place: MeasurementTable.Parameters, _ context: RunContext) throws {
    let report = pairs[0].logged.report
    try context.record("chunks", report.chunks, unit: "chunks", at: place)
    try context.record("duplicateChunks", report.duplicateChunks, unit: "chunks", at: place)
    try context.record("passedChunks", report.passedChunks, unit: "chunks", at: place)
    try context.record("storedBytes", report.storedBytes, unit: "B", at: place)
    try context.record("transformerBytes", report.transformerBytes, unit: "B", at: place)
    try context.record("logicalBytes", report.logicalBytes, unit: "B", at: place)
    try context.record("noneSeconds", Timings(seconds: pairs.map(\.plain.report.seconds)), at: place)
    try context.record("logSeconds", Timings(seconds: pairs.map(\.logged.report.seconds)), at: place)
    try context.record("executeSeconds", Timings(seconds: pairs.map(\.logged.report.executeSeconds)), at: place)
    try context.record("overhead", Timings.median(of: pairs.map(\.ratio)), unit: "x", at: place)
  }
}
