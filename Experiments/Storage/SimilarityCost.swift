import ExperimentKit
import Foundation
import Mistique

/// What placing similar chunks side by side costs and gains: for networks, where it is off as in the paper, and for pipelines, where it is on.
///
/// Networks: every frame of two checkpoints' layers is sketched, looked up among the frames before it, and, where one resembles it, encoded as a
/// difference. That is what a store would do; the store itself does not, because this gains next to nothing. Layers that repeat others, dropout and
/// flatten, are left out: DEDUP finds equal chunks without similarity.
enum SimilarityCost {
  static let networks = "CIFAR10_CNN, two checkpoints"
  static let pipelines = "Zillow pipelines"

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "similarity-cost", aliases: ["similarity"], title: "Similarity placement: what it costs and gains",
        source: "section 4.2: on for pipelines, off for networks"),
      parameters: ["workload"],
      costs: settings.pipelineCosts([
        .smoke: Cost(seconds: 10, diskBytes: 100_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 20, diskBytes: 200_000_000, memoryBytes: 1_000_000_000),
        .small: Cost(seconds: 90, diskBytes: 400_000_000, memoryBytes: 3_000_000_000),
        .paper: Cost(seconds: 2_000, diskBytes: 8_000_000_000, memoryBytes: 24_000_000_000),
      ]),
      outcome: .init(claims: claims, figures: [], gates: gates, keyFigures: keyFigures),
      // Seconds with and without similarity are of the same part.
      parts: { _ in [ExperimentPart(networks, weight: 0.2), ExperimentPart(pipelines, weight: 0.8)] }
    ) { context in
      try context.state(
        data: .combining([
          try ImageWorkload.source(context.scale, context.seed, settings),
          try PipelineWorkload.source(context.scale, context.seed, settings),
        ]))
      try context.part(networks) {
        let images = try ImageWorkload(.cnn, context, settings: settings)
        try context.checkpointed(networks) { try measureNetworks(images, context) }
      }
      try context.part(pipelines) {
        let tables = try PipelineWorkload(context, settings: settings)
        try context.checkpointed(pipelines) { try measurePipelines(tables, context) }
      }
    }
  }

  private static func measureNetworks(_ workload: ImageWorkload, _ context: RunContext) throws {
    let rows = min(workload.split.logged, 500)
    var trial = SimilarityTrial()
    let checkpoints = [ImageWorkload.checkpoints - 2, ImageWorkload.checkpoints - 1]
    let arrays = try checkpoints.map { try LayerArray.layers(of: workload, atMost: rows, checkpoint: $0) }
    for layer in arrays[0].indices {
      try context.checkCancelled()
      try trial.add(arrays.map { $0[layer] })
    }
    try record(trial.seconds, trial.bytes, context, at: networks)
    try context.record("chunks", trial.chunks, unit: "chunks", at: ["workload": networks])
    try context.record("similarChunks", trial.similarChunks, unit: "chunks", at: ["workload": networks])
  }

  private static func measurePipelines(_ workload: PipelineWorkload, _ context: RunContext) throws {
    var bytes: [Int] = []
    var seconds: [Double] = []
    for similarity in [StoragePolicy.Similarity.nowhere, .columns] {
      let folder = context.scratchDirectory.appendingPathComponent("pipelines")
      try? FileManager.default.removeItem(at: folder)  // of the policy before
      let store = try IntermediateStore(at: folder)
      let took = try Stopwatch.time {
        for pipeline in workload.pipelines {
          try context.checkCancelled()
          try store.logIntermediates(
            of: workload.model(pipeline), as: PipelineWorkload.identity(pipeline),
            policy: StoragePolicy(.dedup, similarity: similarity).asInPaper)
        }
      }
      seconds.append(took.seconds)
      bytes.append(try store.storage().partitionBytes)
      try store.close()
    }
    try record((seconds[0], seconds[1] - seconds[0]), (bytes[0], bytes[1]), context, at: pipelines)
  }

  private static func record(
    _ seconds: (alone: Double, similarity: Double), _ bytes: (alone: Int, similar: Int), _ context: RunContext, at workload: String
  ) throws {
    let place: MeasurementTable.Parameters = ["workload": workload]
    try context.record("bytesWithout", bytes.alone, unit: "B", at: place)
    try context.record("bytesWith", bytes.similar, unit: "B", at: place)
    try context.record("secondsWithout", seconds.alone, unit: "s", at: place)
    try context.record("secondsOfSimilarity", seconds.similarity, unit: "s", at: place)
  }

  private static func value(_ table: MeasurementTable, _ metric: String, _ workload: String) throws -> Double {
    try table.value(metric, where: ["workload": workload])
  }

  static let claims = [
    Claim(
      "similarity.networks-gain-nothing",
      "Similarity placement gains less of a network's bytes than of a pipeline's",
      source: "section 4.2: on for pipelines, off for networks",
      judge: { table in
        func gain(_ workload: String) throws -> Double {
          1 - (try value(table, "bytesWith", workload)) / (try value(table, "bytesWithout", workload))
        }
        func cost(_ workload: String) throws -> Double {
          try value(table, "secondsOfSimilarity", workload) / value(table, "secondsWithout", workload)
        }
        let (onNetworks, onPipelines) = (try gain(networks), try gain(pipelines))
        return ClaimVerdict(
          holds: onPipelines > 0 && onNetworks < onPipelines,
          numbers: [
            "networks, bytes gained": onNetworks, "pipelines, bytes gained": onPipelines,
            "networks, time, in encoding times": try cost(networks),
            "pipelines, time, in logging times": try cost(pipelines),
          ], remark: "The times are of unlike things, a trial of encoding and whole logging, and are not compared.")
      }),
    Claim(
      "similarity.pipelines-gain", "Similarity placement makes pipelines smaller", source: "section 4.2",
      judge: { table in
        let ratio = try value(table, "bytesWith", pipelines) / value(table, "bytesWithout", pipelines)
        return ClaimVerdict(holds: ratio < 1, numbers: ["bytes with / without": ratio])
      }),
  ]

  private static let gates = [
    Gate("chunks", .exact),
    Gate("similarChunks", .within(0.02, reason: "trained weights differ in their last bits between kinds of processors"), better: .lower),
    Gate(
      "bytesWith", .within(0.02, reason: "trained weights and predictions differ in their last bits between kinds of processors"),
      better: .lower),
    Gate("bytesWithout", .within(0.02, reason: "as bytesWith"), better: .lower),
    Gate("secondsWithout", .reported), Gate("secondsOfSimilarity", .reported),
  ]

  private static let keyFigures = [
    KeyFigure("networks, bytes gained") { table in
      Quantity.percent(1 - (try value(table, "bytesWith", networks)) / (try value(table, "bytesWithout", networks)))
    },
    KeyFigure("pipelines, bytes gained") { table in
      Quantity.percent(1 - (try value(table, "bytesWith", pipelines)) / (try value(table, "bytesWithout", pipelines)))
    },
  ]
}
