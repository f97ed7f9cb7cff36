import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// Table 3 of the paper: how many of an image's nearest neighbours remain when they are looked for among quantized intermediates.
enum Table3KNN {
  static let layers = [11, 16, 19]
  static let schemes: [NamedScheme] = [.full, .eightBit, .pool2]
  /// Beyond the paper: bytes against neighbours as a curve, from the coarsest bound to the finest.
  static let bounds: [NamedScheme] = [0.5, 0.35, 0.2, 0.1, 0.05].map(NamedScheme.bound)
  private static let neighbours = 50
  static let queries = 100
  static let parameters = ["scheme", "layer"]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "table3-knn", aliases: ["table3"], title: "Nearest neighbours that remain in quantized intermediates",
        source: "section 8.4, table 3"),
      parameters: parameters,
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 15, diskBytes: 200_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 60, diskBytes: 2_500_000_000, memoryBytes: 3_000_000_000),
        .paper: Cost(seconds: 350, diskBytes: 700_000_000, memoryBytes: 4_000_000_000),
      ],
      outcome: .init(
        claims: Table3Claims.all,
        figures: [
          Figure("table3-knn", chart: Table3Claims.chart), Figure("table3-knn-bytes", chart: BytesAndAccuracy.neighbours),
        ],
        gates: [
          Gate(
            "overlap",
            .within(0.05, reason: "trained weights differ in their last bits between kinds of processors, and so do activations"),
            better: .higher),
          Gate("knnSeconds", .reported), BytesAndAccuracy.gate,
        ], keyFigures: Table3Claims.keyFigures)
    ) { context in
      let stores = try SchemeStores(
        context, settings, images: SchemeStores.imagesOfTables(context.scale), layers: Set(layers), reruns: .none)
      let causes = Table3CauseMeasurements(context: context)
      var reference: [Int: (all: [[Neighbour]], quarter: [[Neighbour]])] = [:]
      for scheme in schemes + bounds {
        // Not taken over one by one: every scheme is compared with the first.
        let store = try stores.store(scheme)
        for layer in layers {
          let found = try nearest(layer, scheme, stores, store, context)
          if scheme.name == NamedScheme.full.name { reference[layer] = found }
          let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer]
          try context.record("overlap", overlap(found.all, reference[layer]!.all), unit: "1", at: place)
          try context.record(Table3Causes.ofQuarter, overlap(found.quarter, reference[layer]!.quarter), unit: "1", at: place)
        }
        try causes.measure(scheme, store, stores)
        try stores.remove(store)
      }
      try causes.measureMaxima(stores)
      try stores.removeAll()
      try causes.measureUntrained(settings)
    }
  }

  /// The neighbours of images spread evenly over those that are logged, and of images of their first quarter within that.
  private static func nearest(
    _ layer: Int, _ scheme: NamedScheme, _ stores: SchemeStores, _ store: IntermediateStore, _ context: RunContext
  ) throws -> (all: [[Neighbour]], quarter: [[Neighbour]]) {
    let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer]
    let answer = try SchemeStores.answer(layer: layer, from: store)
    try context.record(BytesAndAccuracy.metric, stores.bitsPerValue(answer, layer: layer), unit: "bit", at: place)
    let matrix = try answer.requiredMatrix()
    let (found, seconds) = Stopwatch.time { nearest(in: matrix, first: matrix.rows) }
    try context.record("knnSeconds", seconds, unit: "s", at: place)
    try context.record("neighbours", neighbours(among: matrix.rows), unit: "images", at: place)
    try context.record("images", matrix.rows, unit: "images", at: place)
    return (found, nearest(in: matrix, first: matrix.rows / 4))
  }

  private static func neighbours(among images: Int) -> Int { min(neighbours, images / 4) }

  /// The neighbours, among the first so many images, of images spread evenly over these.
  private static func nearest(in matrix: FloatMatrix, first count: Int) -> [[Neighbour]] {
    let rows = Array(stride(from: 0, to: count, by: max(1, count / queries)).prefix(queries))
    return matrix.withValues {
      NearestNeighbours.of(
        rows: rows, in: MatrixView(UnsafeBufferPointer(rebasing: $0.prefix(count * matrix.columns)), columns: matrix.columns),
        count: neighbours(among: count))
    }
  }

  /// The mean share of the neighbours among `exact` that are found among `stored` too.
  static func overlap(_ stored: FloatMatrix, _ exact: FloatMatrix) -> Double {
    overlap(nearest(in: stored, first: stored.rows), nearest(in: exact, first: exact.rows))
  }

  private static func overlap(_ stored: [[Neighbour]], _ exact: [[Neighbour]]) -> Double {
    let overlaps = zip(stored, exact).map { NearestNeighbours.overlap($0, $1) }
    return overlaps.reduce(0, +) / Double(overlaps.count)
  }
}
