import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 7b of the paper: what reading a layer of CIFAR10_VGG16 costs under each scheme.
enum Fig7bReadCost {
  static let layers = [1, 6, 11, 16, 21]
  static let schemes: [NamedScheme] = [.full, .lp, .eightBit, .pool2, .poolWhole]

  static let parameters = ["scheme", "layer"]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig7b-read-cost", aliases: ["fig7b"], title: "Reading a layer of VGG16 under each scheme", source: "section 8.3, figure 7b"),
      parameters: parameters,
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 20, diskBytes: 200_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 90, diskBytes: 1_200_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 4_000, diskBytes: 30_000_000_000, memoryBytes: 22_000_000_000),
      ],
      outcome: .init(
        claims: Fig7bClaims.all, figures: [Figure("fig7b-read-cost", chart: Fig7bFigure.chart)],
        gates: [
          Gate("framesDecoded", .exact, better: .lower),
          Gate(
            "bytesRead",
            .within(0.02, reason: "trained weights differ in their last bits between kinds of processors, and so do compressed sizes"),
            better: .lower),
          Gate("readSeconds", .reported), Gate("readColdSeconds", .reported),
        ], keyFigures: Fig7bClaims.keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings, layers: Set(layers))
      for scheme in schemes {
        try context.checkpointed(scheme.name) {
          let store = try stores.store(scheme)
          for layer in layers { try measure(layer, scheme, store, context) }
          try stores.remove(store)
        }
      }
    }
  }

  private static func measure(_ layer: Int, _ scheme: NamedScheme, _ store: IntermediateStore, _ context: RunContext) throws {
    let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer]
    let keys = [SchemeStores.key(layer: layer)]
    var (cold, warm): ([Double], [Double]) = ([], [])
    var cost: QueryCost?
    for _ in 0..<context.repetitions {
      try context.checkCancelled()
      store.dropCaches()
      try PageCache.evict(store.directory)
      cold.append(try Stopwatch.time { _ = try store.getIntermediates(keys, plan: .read) }.seconds)
      let read = try Stopwatch.time { try store.getIntermediates(keys, plan: .read)[0] }
      warm.append(read.seconds)
      cost = read.result.cost
    }
    try context.record("readColdSeconds", Timings(seconds: cold), at: place)
    try context.record("readSeconds", Timings(seconds: warm), at: place)
    guard let cost else { preconditionFailure("a run has at least one repetition") }
    try context.record("bytesRead", cost.bytesRead, unit: "B", at: place)
    try context.record("framesDecoded", cost.framesDecoded, unit: "frames", at: place)
    try context.record("images", store.intermediates(of: SchemeStores.identity)[0].rows, unit: "images", at: place)
  }
}
