import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 7b of the paper: what reading a layer of CIFAR10_VGG16 costs under each scheme.
enum Fig7bReadCost {
  static let layers = [1, 6, 11, 16, 21]
  static let schemes: [NamedScheme] = [.full, .lp, .eightBit, .pool2, .poolWhole]
  /// Beyond the paper: a bound, and a ladder whose base has the same, read as a whole and within the bound.
  static let beyond: [(scheme: NamedScheme, readings: [Reading])] = [
    (.bound, [Reading(name: NamedScheme.bound.name)]),
    (.ladder, [Reading(name: "ladder, exact"), Reading(name: "ladder, base", accuracy: .within(NamedScheme.baseBound))]),
  ]

  /// A way to read what a scheme has stored.
  struct Reading: Sendable {
    let name: String
    var accuracy = Accuracy.stored
  }

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
        .paper: Cost(seconds: 650, diskBytes: 14_000_000_000, memoryBytes: 16_000_000_000),
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
      let stores = try SchemeStores(context, settings, layers: Set(layers), reruns: .none)
      for (scheme, readings) in schemes.map({ ($0, [Reading(name: $0.name)]) }) + beyond {
        try context.checkpointed(scheme.name) {
          let store = try stores.store(scheme)
          for reading in readings {
            for layer in layers { try measure(layer, reading, store, context) }
          }
          try stores.remove(store)
        }
      }
      try stores.removeAll()
    }
  }

  private static func measure(_ layer: Int, _ reading: Reading, _ store: IntermediateStore, _ context: RunContext) throws {
    let place: MeasurementTable.Parameters = ["scheme": reading.name, "layer": layer]
    let keys = [SchemeStores.key(layer: layer)]
    var (cold, warm): ([Double], [Double]) = ([], [])
    var cost: QueryCost?
    // Not timed: it pays for memory that the process never touched.
    _ = try store.getIntermediates(keys, plan: .read, accuracy: reading.accuracy)
    for _ in 0..<context.repetitions {
      try context.checkCancelled()
      store.dropCaches()
      try PageCache.evict(store.directory, at: context.scale)
      cold.append(try Stopwatch.time { _ = try store.getIntermediates(keys, plan: .read, accuracy: reading.accuracy) }.seconds)
      let read = try Stopwatch.time { try store.getIntermediates(keys, plan: .read, accuracy: reading.accuracy)[0] }
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
