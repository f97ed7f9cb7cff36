import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// Table 2 of the paper: the mean CCA coefficient of a layer with the logits (SVCCA), from full precision and from quantized intermediates.
enum Table2SVCCA {
  static let layers = [6, 11, 16, 19]
  static let schemes: [NamedScheme] = [.full, .eightBit, .pool2]
  /// Beyond the paper: bytes against coefficients.
  static let bounds: [NamedScheme] = [0.2, 0.05].map(NamedScheme.bound)
  static let parameters = ["scheme", "layer"]
  static let logits = 21
  /// Beside the paper's coefficients, a layer keeps at most one direction for so many images: nearly as many directions as images fit any logits, and
  /// every coefficient would be 1.
  static let imagesPerDirection = 20

  /// How the directions of a layer are chosen.
  enum Directions: String, CaseIterable {
    /// As the paper does: all that explain 99 % of the variance.
    case all = "no cap"
    case capped = "capped"

    var metric: String { self == .all ? "meanCoefficient" : "cappedMeanCoefficient" }
    /// The coefficient under 8BIT were the values of its outermost bins kept exactly.
    var metricWithoutTails: String { metric + "WithoutTails" }

    func of(_ both: (whole: SVCCA, limited: SVCCA)) -> SVCCA { self == .all ? both.whole : both.limited }
  }

  static func experiment(_ settings: Settings) -> Experiment {
    let coefficients = Directions.allCases.map {
      Gate(
        $0.metric, .within(0.05, reason: "trained weights differ in their last bits between kinds of processors, and so do activations"))
    }
    return Experiment(
      .init(
        name: "table2-svcca", aliases: ["table2"], title: "SVCCA with the logits from quantized intermediates",
        source: "section 8.4, table 2"),
      parameters: parameters,
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 15, diskBytes: 200_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 100, diskBytes: 2_500_000_000, memoryBytes: 3_000_000_000),
        .paper: Cost(seconds: 2_000, diskBytes: 1_500_000_000, memoryBytes: 7_000_000_000),
      ],
      outcome: .init(
        claims: Table2Claims.all,
        figures: [
          Figure("table2-svcca", chart: Table2Claims.chart), Figure("table2-svcca-bytes", chart: BytesAndAccuracy.coefficients),
        ],
        gates: coefficients + [Gate("svccaSeconds", .reported), BytesAndAccuracy.gate], keyFigures: Table2Claims.keyFigures),
      // Coefficients are compared, and no times.
      parts: { _ in (schemes + bounds).map { ExperimentPart($0.name) } }
    ) { context in
      let stores = try SchemeStores(
        context, settings, images: SchemeStores.imagesOfTables(context.scale), layers: Set(layers + [21]), reruns: .none)
      for scheme in schemes + bounds {
        try context.part(scheme.name) {
          try context.checkpointed(scheme.name) {
            let store = try stores.store(scheme)
            let outputs = try SchemeStores.read(layer: logits, from: store)
            for layer in layers {
              try measure(layer, outputs, scheme, stores, store, context)
              if scheme.name == NamedScheme.eightBit.name { try measureWithoutTails(layer, stores, store, context) }
            }
            try stores.remove(store)
          }
        }
      }
      try stores.removeAll()
    }
  }

  private static func measure(
    _ layer: Int, _ outputs: FloatMatrix, _ scheme: NamedScheme, _ stores: SchemeStores, _ store: IntermediateStore, _ context: RunContext
  ) throws {
    try context.checkCancelled()
    let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer]
    let answer = try SchemeStores.answer(layer: layer, from: store)
    try context.record(BytesAndAccuracy.metric, stores.bitsPerValue(answer, layer: layer), unit: "bit", at: place)
    let matrix = try answer.requiredMatrix()
    let (both, seconds) = try Stopwatch.time { try similarity(matrix, outputs) }
    try context.record(Directions.all.metric, both.whole.mean, unit: "1", at: place)
    try context.record("directions", both.whole.firstDirections, unit: "directions", at: place)
    try context.record(Directions.capped.metric, both.limited.mean, unit: "1", at: place)
    try context.record("cappedDirections", both.limited.firstDirections, unit: "directions", at: place)
    try context.record("images", matrix.rows, unit: "images", at: place)
    try context.record("svccaSeconds", seconds, unit: "s", at: place)
  }

  /// How far 8BIT would be from full precision were its outermost bins exact, in the layer and in the logits.
  private static func measureWithoutTails(_ layer: Int, _ stores: SchemeStores, _ store: IntermediateStore, _ context: RunContext) throws {
    try context.checkCancelled()
    let full = try stores.inFullPrecision()
    let (activations, outputs) = try (restored(layer), restored(logits))
    let both = try similarity(activations, outputs)
    let place: MeasurementTable.Parameters = ["scheme": NamedScheme.eightBit.name, "layer": layer]
    for directions in Directions.allCases {
      try context.record(directions.metricWithoutTails, directions.of(both).mean, unit: "1", at: place)
    }
    func restored(_ layer: Int) throws -> FloatMatrix {
      try EightBitTails.restored(SchemeStores.read(layer: layer, from: store), layer: layer, from: full)
    }
  }

  /// A layer and the logits of the same images, by all directions and by the capped ones.
  static func similarity(_ layer: FloatMatrix, _ logits: FloatMatrix) throws -> (whole: SVCCA, limited: SVCCA) {
    try layer.withValues { activations in
      try logits.withValues { outputs in
        try SVCCA.withAndWithoutLimit(
          of: max(10, layer.rows / imagesPerDirection), MatrixView(activations, columns: layer.columns),
          MatrixView(outputs, columns: logits.columns))
      }
    }
  }
}
