import ExperimentKit

/// What several experiments share and keep in the folder of caches: trained networks and tables.
enum Preparations {
  static func all(_ settings: Settings) -> [Preparation] {
    [
      training(
        .cnn, share: 0.2, settings, neededBy: ["fig5-query-time", "fig6b-dnn-storage", "fig11b-logging-overhead", "similarity-cost"]),
      training(
        .vgg16, share: 0.8, settings,
        neededBy: [
          "fig5-query-time", "fig6b-dnn-storage", "fig7a-rerun-cost", "fig7b-read-cost", "fig8-read-vs-rerun", "fig9-heatmaps",
          "table2-svcca",
          "table3-knn", "fig11b-logging-overhead", "use-activis", "use-netdissect",
        ]),
      Preparation(
        "Zillow tables",
        neededBy: [
          "fig6a-zillow-storage", "fig5a-zillow-queries", "fig10-adaptive", "fig11a-logging-overhead", "similarity-cost", "use-vizml",
        ], cost: { tables[$0]! }
      ) { options, output in
        _ = try PipelineWorkload(options.scale, seed: options.seed, settings)
        output.line("Zillow tables: there.")
      },
    ]
  }

  private static func training(
    _ network: ImageWorkload.Network, share: Double, _ settings: Settings, neededBy: Set<String>
  ) -> Preparation {
    Preparation(
      "training \(network.rawValue)", neededBy: neededBy,
      cost: { scale in
        let all = trainings[scale]!
        return Cost(seconds: all.seconds * share, diskBytes: all.diskBytes, memoryBytes: all.memoryBytes)
      }
    ) { options, output in
      _ = try ImageWorkload(network, options.scale, seed: options.seed, settings) {
        ProgressReporter(label: $0, total: $1, unit: $2, output: output.progress)
      }
      output.line("\(network.rawValue): trained.")
    }
  }

  /// Both networks, on 2 cores; of scale paper an estimate.
  private static let trainings: [ExperimentKit.Scale: Cost] = [
    .smoke: Cost(seconds: 10, diskBytes: 100_000_000, memoryBytes: 800_000_000),
    .ci: Cost(seconds: 240, diskBytes: 300_000_000, memoryBytes: 1_500_000_000),
    .small: Cost(seconds: 660, diskBytes: 500_000_000, memoryBytes: 2_500_000_000),
    .paper: Cost(seconds: 10_800, diskBytes: 3_000_000_000, memoryBytes: 6_000_000_000),
  ]

  /// Generated, or taken from real ones.
  private static let tables: [ExperimentKit.Scale: Cost] = [
    .smoke: Cost(seconds: 1, diskBytes: 10_000_000, memoryBytes: 100_000_000),
    .ci: Cost(seconds: 5, diskBytes: 50_000_000, memoryBytes: 200_000_000),
    .small: Cost(seconds: 30, diskBytes: 100_000_000, memoryBytes: 500_000_000),
    .paper: Cost(seconds: 600, diskBytes: 2_000_000_000, memoryBytes: 4_000_000_000),
  ]
}
