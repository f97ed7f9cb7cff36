import ExperimentKit
import Foundation
import Mistique

/// Figure 6 of the paper: what ten checkpoints of a network and the pipelines take under each policy, model after model.
enum Fig6Storage {
  static let policies: [(name: String, policy: StoragePolicy)] = [
    ("STORE_ALL gzip", StoragePolicy(.storeAll, codec: .gzip())),
    ("STORE_ALL", .storeAll),
    ("DEDUP", .dedup),
  ]
  static let workloads = ["CIFAR10_CNN", "Zillow"]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(name: "fig6-storage", aliases: ["fig6"], title: "Stored bytes by policy, model after model", source: "section 8.2, figure 6"),
      parameters: ["workload", "policy", "models"],
      costs: [
        .smoke: Cost(seconds: 20, diskBytes: 400_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 60, diskBytes: 700_000_000, memoryBytes: 1_000_000_000),
        .small: Cost(seconds: 320, diskBytes: 4_000_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 40_000, diskBytes: 110_000_000_000, memoryBytes: 24_000_000_000),
      ],
      outcome: .init(claims: claims, figures: Fig6Figures.all, gates: gates, keyFigures: keyFigures)
    ) { context in
      try context.state(
        data: .joined([
          try ImageWorkload.source(context.scale, context.seed, settings),
          try PipelineWorkload.source(context.scale, context.seed, settings),
        ]))
      let images = try ImageWorkload(.cnn, context, settings: settings)
      try context.checkpointed("accuracy") {
        try context.record(
          "heldOutAccuracy", try images.heldOutAccuracy(), unit: "1", at: ["workload": "CIFAR10_CNN", "policy": "none", "models": 1])
      }
      let networks = (0..<ImageWorkload.checkpoints).map { index in
        LoggedModel(identity: images.identity(checkpoint: index)) { try images.model(checkpoint: index) }
      }
      try measure("CIFAR10_CNN", networks, context) { images.register(in: $0) }
      let tables = try PipelineWorkload(context, settings: settings)
      let pipelines = tables.pipelines.map { pipeline in
        LoggedModel(identity: PipelineWorkload.identity(pipeline)) { tables.model(pipeline) }
      }
      try measure("Zillow", pipelines, context) { tables.register(in: $0) }
    }
  }

  private struct LoggedModel {
    let identity: ModelIdentity
    let make: () throws -> any ExecutableModel
  }

  /// Logs the models one after the other under each policy, into a store of its own that is removed afterwards.
  private static func measure(
    _ workload: String, _ models: [LoggedModel], _ context: RunContext, register: (Mistique) -> Void
  ) throws {
    for (name, policy) in policies {
      try context.checkpointed("\(workload) under \(name)") {
        let folder = context.scratchDirectory.appendingPathComponent("\(workload)-\(name)".replacingOccurrences(of: " ", with: "-"))
        try? FileManager.default.removeItem(at: folder)  // left by an interrupted attempt
        let store = try Mistique(at: folder)
        register(store)
        let progress = context.progress("\(workload), \(name)", total: models.count, unit: "models")
        var logicalBytes = 0
        for (place, model) in models.enumerated() {
          try context.checkCancelled()
          let report = try store.logIntermediates(of: try model.make(), as: model.identity, policy: policy) { Interruption.request != nil }
          logicalBytes += report.logicalBytes
          try record(
            report, logicalBytes: logicalBytes, of: store, context, at: ["workload": workload, "policy": name, "models": place + 1])
          context.state(diskBytes: Int64(try store.storage().storedBytes))
          progress.advance()
        }
        progress.finish()
        try verify(store, models[models.count - 1].identity)
        try store.close()
        try FileManager.default.removeItem(at: folder)
      }
    }
  }

  private static func record(
    _ report: LoggingReport, logicalBytes: Int, of store: Mistique, _ context: RunContext, at place: MeasurementTable.Parameters
  ) throws {
    let storage = try store.storage()
    try context.record("storedBytes", storage.storedBytes, unit: "B", at: place)
    try context.record("partitionBytes", storage.partitionBytes, unit: "B", at: place)
    try context.record("directoryBytes", storage.directoryBytes, unit: "B", at: place)
    try context.record("catalogBytes", storage.catalogBytes, unit: "B", at: place)
    try context.record("logicalBytes", logicalBytes, unit: "B", at: place)
    try context.record("chunks", report.chunks, unit: "chunks", at: place)
    try context.record("duplicateChunks", report.duplicateChunks, unit: "chunks", at: place)
    try context.record("executeSeconds", report.executeSeconds, unit: "s", at: place)
    try context.record("logSeconds", report.seconds, unit: "s", at: place)
  }

  /// What was stored must be what a re-run puts out, bit for bit, in every intermediate.
  private static func verify(_ store: Mistique, _ model: ModelIdentity) throws {
    let intermediates = try store.intermediates(of: model)
    let keys = intermediates.map { IntermediateKey(model: model, intermediate: $0.name) }
    let rerun = try store.getIntermediates(keys, plan: .rerun) { Interruption.request != nil }
    for (key, rerun) in zip(keys, rerun) {
      let read = try store.getIntermediates([key], plan: .read)[0]
      guard read.isIdentical(to: rerun) else { throw ReadDiffersFromRerun(key: "\(key)", query: "verification") }
    }
  }
}

/// A read that gave other values than the re-run: the measurement would be worth nothing.
struct ReadDiffersFromRerun: Error, CustomStringConvertible {
  let key: String
  let query: String

  var description: String {
    "\(query): reading \(key) gave other values than re-running it. The store or the model is at fault; nothing of this run is kept."
  }
}
