import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 7b of the paper: what reading a layer of CIFAR10_VGG16 costs under each scheme.
enum Fig7bReadCost {
  static let layers = [1, 6, 11, 16, 21]
  private static let schemes: [NamedScheme] = [.full, .lp, .eightBit, .pool2, .poolWhole]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig7b-read-cost", aliases: ["fig7b"], title: "Reading a layer of VGG16 under each scheme", source: "section 8.3, figure 7b"),
      parameters: ["scheme", "layer"],
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 20, diskBytes: 200_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 90, diskBytes: 1_200_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 4_000, diskBytes: 30_000_000_000, memoryBytes: 22_000_000_000),
      ],
      outcome: .init(
        claims: claims, figures: [Figure("fig7b-read-cost", chart: chart)],
        gates: [
          Gate("framesDecoded", .exact, better: .lower),
          Gate(
            "bytesRead",
            .within(0.02, reason: "trained weights differ in their last bits between kinds of processors, and so do compressed sizes"),
            better: .lower),
          Gate("readSeconds", .reported), Gate("readColdSeconds", .reported),
        ], keyFigures: keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings)
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

  /// Seconds read off the paper's figure, 50,000 images.
  private static let paper: [String: [Int: Double]] = [
    "LP": [1: 63.7, 6: 8.7, 11: 8.0, 16: 2.9, 21: 0.07], "8BIT": [1: 56.2, 6: 11.7, 11: 17.6, 16: 14.9, 21: 5.8],
    "pool(2)": [1: 16.2, 6: 2.6, 11: 2.7, 16: 0.71, 21: 0.08], "pool(S)": [1: 0.16, 6: 0.31, 11: 0.61, 16: 0.69, 21: 0.07],
  ]

  private static func seconds(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    try table.median("readSeconds", where: ["scheme": scheme.name, "layer": layer])
  }

  private static let claims = [
    Claim(
      "fig7b.pooling-reads-fastest", "At layer 1 pool(S) reads faster than pool(2), and pool(2) faster than LP and 8BIT",
      source: "section 8.3, figure 7b", scales: [.ci, .small, .paper],
      judge: { table in
        let (lp, bits) = (try seconds(table, .lp, 1), try seconds(table, .eightBit, 1))
        return .descending(
          [
            ("min(LP, 8BIT), s", min(lp, bits)), ("pool(2), s", try seconds(table, .pool2, 1)),
            ("pool(S), s", try seconds(table, .poolWhole, 1)),
          ])
      }),
    Claim(
      "fig7b.reconstruction-costs", "Reconstructing 8BIT makes it slower to read than LP at layers 6 to 16, although it is smaller",
      source: "section 8.3, figure 7b: 17.6 s against 8.0 s at layer 11", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try [6, 11, 16].map { layer in
            let ratio = try seconds(table, .eightBit, layer) / seconds(table, .lp, layer)
            return ClaimVerdict(holds: ratio > 1, evidence: [.init(name: "layer \(layer), 8BIT / LP", value: ratio)])
          })
      }),
  ]

  private static let keyFigures = [
    KeyFigure("layer 1, full / 8BIT / pool(2) / pool(S)") { table in
      try [NamedScheme.full, .eightBit, .pool2, .poolWhole].map { Quantity.seconds(try seconds(table, $0, 1)) }.joined(separator: ", ")
    }
  ]

  private static func chart(_ table: MeasurementTable) throws -> Chart {
    let images = try table.value("images", where: ["scheme": "full", "layer": 1])
    let categories = layers.map { "layer \($0)" }
    let series = try schemes.flatMap { scheme in
      let own = BarSeries(scheme.name, values: try layers.map { try seconds(table, scheme, $0) / images * 1e6 })
      guard let paper = paper[scheme.name] else { return [own] }
      return [own, BarSeries("\(scheme.name), paper", role: .paper(beside: scheme.name), values: layers.map { paper[$0]! / 50_000 * 1e6 })]
    }
    return Chart(
      title: "Reading a layer of CIFAR10_VGG16 under each scheme",
      panels: [Panel(x: Axis("layer"), y: Axis("µs per image", .logarithmic), .bars(categories: categories, series))],
      notes: [
        "Medians, whole layers of \(Quantity.plain(images)) images, warm. Hatched: the paper's own times (figure 7b), 50,000 images on another machine."
      ])
  }
}
