import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figures 5b to 5d of the paper: its eight queries of a network on three layers of CIFAR10_VGG16, stored under pool(2), the paper's default, and in full
/// precision, and on layer 1 with gzip; answered by reading, by re-running, and by the plan that is chosen. Re-runs are in batches of 1,000, by a
/// model that is in memory and, as the paper's, by one that is loaded each time.
enum Fig5QueryTime {
  static let parameters = ["scheme"] + QueryMeasurement.parameters

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig5-query-time", aliases: ["fig5", "fig5b", "fig5c", "fig5d"], title: "Query time on VGG16, reading against re-running",
        source: "section 8.1, figures 5b to 5d"),
      parameters: parameters,
      costs: [
        .smoke: Cost(seconds: 20, diskBytes: 100_000_000, memoryBytes: 700_000_000),
        .ci: Cost(seconds: 160, diskBytes: 450_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 570, diskBytes: 1_500_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 14_000, diskBytes: 65_000_000_000, memoryBytes: 24_000_000_000),
      ],
      outcome: .init(
        claims: Fig5Claims.all, figures: Fig5Figure.figures,
        gates: QueryMeasurement.gates + [Gate(QueryMeasurement.rerunLoading, .reported)], keyFigures: Fig5Claims.keyFigures)
    ) { context in
      try context.state(data: try ImageWorkload.source(context.scale, context.seed, settings, networks: [.cnn, .vgg16]))
      let (vgg16, cnn) = (try ImageWorkload(.vgg16, context, settings: settings), try ImageWorkload(.cnn, context, settings: settings))
      for queried in QueriedScheme.all { try measure(queried, try NetworkQueryStore(vgg16, cnn, queried, context), context) }
      try PlanQuality.record(in: context)
    }
  }

  private static func measure(_ queried: QueriedScheme, _ networks: NetworkQueryStore, _ context: RunContext) throws {
    let measurement = QueryMeasurement(
      context: context, register: networks.register, settings: ["scheme": queried.scheme.name])
    let store = try networks.open(measurement)
    let loading = try measurement.loading(store)
    let queries = try networks.queries(on: store)
    for query in queried.questions(queries) { try measurement.run(query, on: store, loading: loading) }
    try networks.record(loading)
    try loading.close()
    try networks.remove(store)
  }
}
