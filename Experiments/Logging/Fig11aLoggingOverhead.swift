import ExperimentKit
import Foundation
import Mistique

/// Figure 11a of the paper: what logging a pipeline takes under each policy, from reading the files and training to the durable commit.
enum Fig11aLoggingOverhead {
  static let pipelines = ["P1_a", "P5_a", "P9_a"]
  /// The paper's 0.5 s/KB.
  static let paperGamma = 500_000.0
  static let policies: [(name: String, policy: StoragePolicy)] = [
    ("none", .none), ("adaptive", .adaptive(gamma: paperGamma)), ("DEDUP", .dedup),
    ("STORE_ALL gzip", StoragePolicy(.storeAll, codec: .gzip())), ("STORE_ALL", .storeAll),
    ("STORE_ALL raw", StoragePolicy(.storeAll, codec: .none)),
  ]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig11a-logging-overhead", aliases: ["fig11a"], title: "What logging adds to running a pipeline",
        source: "section 8.6, figure 11a"),
      parameters: ["pipeline", "policy"],
      costs: [
        .smoke: Cost(seconds: 15, diskBytes: 20_000_000, memoryBytes: 400_000_000),
        .ci: Cost(seconds: 30, diskBytes: 60_000_000, memoryBytes: 600_000_000),
        .small: Cost(seconds: 240, diskBytes: 500_000_000, memoryBytes: 2_000_000_000),
        .paper: Cost(seconds: 9_000, diskBytes: 16_000_000_000, memoryBytes: 24_000_000_000),
      ],
      outcome: .init(
        claims: Fig11aClaims.all, figures: [Figure("fig11a-logging-overhead", chart: Fig11aClaims.chart)],
        gates: [
          Gate("chunks", .exact), Gate("duplicateChunks", .exact), Gate("passedChunks", .exact), Gate("overhead", .reported),
          Gate("logSeconds", .reported),
        ],
        keyFigures: Fig11aClaims.keyFigures)
    ) { context in
      try context.state(data: try PipelineWorkload.source(context.scale, context.seed, settings))
      let tables = try PipelineWorkload(context, settings: settings)
      for name in pipelines {
        try context.checkpointed("logging \(name)") { try measure(name, tables, context) }
      }
    }
  }

  /// Every repetition logs the pipeline under each policy in turn, so that what disturbs one disturbs the others.
  private static func measure(_ name: String, _ tables: PipelineWorkload, _ context: RunContext) throws {
    let pipeline = try tables.pipeline(name)
    let folder = context.scratchDirectory.appendingPathComponent("overhead")
    let progress = context.progress("logging \(name)", total: (context.repetitions + 1) * policies.count, unit: "runs")
    var runs: [String: [LoggingRun]] = [:]
    for repetition in 0...context.repetitions {
      for (policyName, policy) in policies {
        try context.checkCancelled()
        // A model keeps what it has fitted: each run trains one of its own.
        let run = try LoggingRun(tables.model(pipeline), as: PipelineWorkload.identity(pipeline), policy: policy, in: folder)
        context.state(diskBytes: Int64(run.diskBytes))
        progress.advance()
        // The first touches memory that the process never used, and files that may not be in the page cache.
        if repetition > 0 { runs[policyName, default: []].append(run) }
      }
    }
    progress.finish()
    let plain = runs["none"]!.map(\.report.seconds)
    for (policyName, _) in policies {
      try record(runs[policyName]!, over: plain, at: ["pipeline": name, "policy": policyName], context)
    }
  }

  private static func record(
    _ runs: [LoggingRun], over plain: [Double], at place: MeasurementTable.Parameters, _ context: RunContext
  ) throws {
    let report = runs[0].report
    try context.record("chunks", report.chunks, unit: "chunks", at: place)
    try context.record("duplicateChunks", report.duplicateChunks, unit: "chunks", at: place)
    try context.record("passedChunks", report.passedChunks, unit: "chunks", at: place)
    try context.record("storedBytes", report.storedBytes, unit: "B", at: place)
    try context.record("transformerBytes", report.transformerBytes, unit: "B", at: place)
    try context.record("logicalBytes", report.logicalBytes, unit: "B", at: place)
    let seconds = runs.map(\.report.seconds)
    try context.record("logSeconds", Timings(seconds: seconds), at: place)
    try context.record("executeSeconds", Timings(seconds: runs.map(\.report.executeSeconds)), at: place)
    try context.record("overhead", Timings.median(of: zip(seconds, plain).map { $0 / $1 }), unit: "x", at: place)
  }
}
