import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// Table 3 of the paper: how many of an image's nearest neighbours remain when they are looked for among quantized intermediates.
enum Table3KNN {
  private static let layers = [11, 16, 19]
  private static let schemes: [NamedScheme] = [.full, .eightBit, .pool2]
  private static let neighbours = 50
  private static let queries = 100

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "table3-knn", aliases: ["table3"], title: "Nearest neighbours that remain in quantized intermediates",
        source: "section 8.4, table 3"),
      parameters: ["scheme", "layer"],
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 15, diskBytes: 200_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 60, diskBytes: 1_200_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 3_000, diskBytes: 30_000_000_000, memoryBytes: 8_000_000_000),
      ],
      outcome: .init(
        claims: claims, figures: [Figure("table3-knn", chart: chart)],
        gates: [
          Gate(
            "overlap",
            .within(0.05, reason: "trained weights differ in their last bits between kinds of processors, and so do activations"),
            better: .higher),
          Gate("knnSeconds", .reported),
        ], keyFigures: keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings)
      var reference: [Int: [[Neighbour]]] = [:]
      for scheme in schemes {
        // Not taken over one by one: every scheme is compared with the first.
        let store = try stores.store(scheme)
        for layer in layers {
          let found = try nearest(layer, scheme, store, context)
          if scheme.name == NamedScheme.full.name { reference[layer] = found }
          let overlaps = zip(found, reference[layer]!).map { NearestNeighbours.overlap($0, $1) }
          try context.record(
            "overlap", overlaps.reduce(0, +) / Double(overlaps.count), unit: "1", at: ["scheme": scheme.name, "layer": layer])
        }
        try stores.remove(store)
      }
    }
  }

  /// The neighbours of images spread evenly over those that are logged.
  private static func nearest(_ layer: Int, _ scheme: NamedScheme, _ store: IntermediateStore, _ context: RunContext) throws
    -> [[Neighbour]]
  {
    let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer]
    let matrix = try SchemeStores.read(layer: layer, from: store)
    let count = min(neighbours, matrix.rows / 4)
    let rows = Array(stride(from: 0, to: matrix.rows, by: max(1, matrix.rows / queries)).prefix(queries))
    let (found, seconds) = Stopwatch.time {
      matrix.withValues { NearestNeighbours.of(rows: rows, in: MatrixView($0, columns: matrix.columns), count: count) }
    }
    try context.record("knnSeconds", seconds, unit: "s", at: place)
    try context.record("neighbours", count, unit: "images", at: place)
    try context.record("images", matrix.rows, unit: "images", at: place)
    return found
  }

  /// Table 3 of the paper, k = 50.
  private static let paper: [String: [Int: Double]] = [
    "full": [11: 1, 16: 1, 19: 1], "8BIT": [11: 0.94, 16: 0.96, 19: 1], "pool(2)": [11: 0.74, 16: 0.84, 19: 1],
  ]

  private static func overlap(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    try table.value("overlap", where: ["scheme": scheme.name, "layer": layer])
  }

  private static let claims = [
    Claim(
      "table3.8bit-keeps-neighbours", "8BIT keeps neighbours better than pool(2)", source: "section 8.4, table 3",
      scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try [11, 16].map { layer in
            let (bits, pool) = (try overlap(table, .eightBit, layer), try overlap(table, .pool2, layer))
            return ClaimVerdict(
              holds: bits > pool,
              evidence: [.init(name: "layer \(layer), 8BIT", value: bits), .init(name: "layer \(layer), pool(2)", value: pool)])
          })
      }),
    Claim(
      "table3.8bit-nearly-all", "8BIT keeps at least nine of ten neighbours", source: "section 8.4, table 3",
      scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try layers.map { layer in
            let bits = try overlap(table, .eightBit, layer)
            return ClaimVerdict(holds: bits >= 0.9, evidence: [.init(name: "layer \(layer), 8BIT", value: bits)])
          })
      }),
  ]

  private static let keyFigures = [
    KeyFigure("layer 11: 8BIT, pool(2)") { table in
      try [NamedScheme.eightBit, .pool2].map { Quantity.percent(try overlap(table, $0, 11)) }.joined(separator: ", ")
    }
  ]

  private static func chart(_ table: MeasurementTable) throws -> Chart {
    let first: MeasurementTable.Parameters = ["scheme": "full", "layer": 11]
    let images = try table.count("images", where: first)
    let count = try table.count("neighbours", where: first)
    let series = try schemes.dropFirst().flatMap { scheme in
      [
        BarSeries(scheme.name, values: try layers.map { try overlap(table, scheme, $0) * 100 }),
        BarSeries("\(scheme.name), paper", role: .paper(beside: scheme.name), values: layers.map { paper[scheme.name]![$0]! * 100 }),
      ]
    }
    return Chart(
      title: "Nearest neighbours that remain, CIFAR10_VGG16",
      panels: [
        Panel(
          x: Axis("layer"), y: Axis("% of \(count) neighbours", range: 0...105), .bars(categories: layers.map { "layer \($0)" }, series))
      ],
      notes: [
        "The \(count) nearest of \(images) images by Euclidean distance, for \(min(queries, images)) of them, found among full-precision and among "
          + "quantized values: the mean share in common. Hatched: the paper's table 3, k = 50 of 50,000 images. Full precision is 100 % by definition."
      ])
  }
}
