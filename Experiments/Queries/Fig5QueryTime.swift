import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figures 5b to 5d of the paper: four of its queries, answered by reading and by re-running, on three layers of a network.
enum Fig5QueryTime {
  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig5-query-time", aliases: ["fig5", "fig5b", "fig5c", "fig5d"], title: "Query time on a network, reading against re-running",
        source: "section 8.1, figures 5b to 5d"),
      parameters: QueryMeasurement.parameters,
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 100_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 10, diskBytes: 150_000_000, memoryBytes: 1_000_000_000),
        .small: Cost(seconds: 40, diskBytes: 600_000_000, memoryBytes: 1_500_000_000),
        .paper: Cost(seconds: 7_200, diskBytes: 20_000_000_000, memoryBytes: 24_000_000_000),
      ],
      outcome: .init(
        claims: Fig5Claims.all, figures: [Figure("fig5-query-time", chart: Fig5Figure.chart)], gates: QueryMeasurement.gates,
        keyFigures: Fig5Claims.keyFigures)
    ) { context in
      try context.state(data: try ImageWorkload.source(context.scale, context.seed, settings))
      try measure(context, settings)
    }
  }

  private static func measure(_ context: RunContext, _ settings: Settings) throws {
    let images = try ImageWorkload(.cnn, context, settings: settings)
    let last = ImageWorkload.checkpoints - 1
    let identity = images.identity(checkpoint: last)
    let measurement = QueryMeasurement(context: context)
    let store = try measurement.store("network", register: images.register)
    let model = try images.model(checkpoint: last)
    if try store.models().isEmpty {
      context.say("  logging \(identity) over \(images.input.images.count) images")
      try store.logIntermediates(of: model, as: identity, policy: .dedup) { Interruption.request != nil }
    }
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    for layer in NetworkQueries.layers {
      let queries = NetworkQueries(
        model: identity, layer: layer, channels: model.network.layers[layer].shape.channels, labels: images.input.images.labels)
      for query in queries.all() { try measurement.run(query, on: store) }
    }
    try store.close()
  }
}
