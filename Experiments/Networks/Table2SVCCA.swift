import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// Table 2 of the paper: the mean CCA coefficient of a layer with the logits (SVCCA), from full precision and from quantized intermediates.
enum Table2SVCCA {
  static let layers = [6, 11, 16, 19]
  private static let logits = 21
  private static let schemes: [NamedScheme] = [.full, .eightBit, .pool2]
  /// A layer keeps at most one direction for so many images. Nearly as many directions as images fit any logits, and every coefficient would be 1.
  private static let imagesPerDirection = 20

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "table2-svcca", aliases: ["table2"], title: "SVCCA with the logits from quantized intermediates",
        source: "section 8.4, table 2"),
      parameters: ["scheme", "layer"],
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 15, diskBytes: 200_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 60, diskBytes: 1_200_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 6_000, diskBytes: 30_000_000_000, memoryBytes: 12_000_000_000),
      ],
      outcome: .init(
        claims: claims, figures: [Figure("table2-svcca", chart: chart)],
        gates: [
          Gate(
            "meanCoefficient",
            .within(0.05, reason: "trained weights differ in their last bits between kinds of processors, and so do activations")),
          Gate("unlimitedMeanCoefficient", .reported), Gate("svccaSeconds", .reported),
        ], keyFigures: keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings)
      for scheme in schemes {
        try context.checkpointed(scheme.name) {
          let store = try stores.store(scheme)
          let outputs = try SchemeStores.read(layer: logits, from: store)
          for layer in layers { try measure(layer, outputs, scheme, store, context) }
          try stores.remove(store)
        }
      }
    }
  }

  private static func measure(
    _ layer: Int, _ outputs: FloatMatrix, _ scheme: NamedScheme, _ store: IntermediateStore, _ context: RunContext
  ) throws {
    let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer]
    let matrix = try SchemeStores.read(layer: layer, from: store)
    func svcca(_ options: SVCCA.Options) throws -> SVCCA {
      try matrix.withValues { activations in
        try outputs.withValues { outputs in
          try SVCCA(MatrixView(activations, columns: matrix.columns), MatrixView(outputs, columns: 10), options: options)
        }
      }
    }
    let options = SVCCA.Options(maximumDirections: max(10, matrix.rows / imagesPerDirection))
    let (limited, seconds) = try Stopwatch.time { try svcca(options) }
    let whole = try svcca(SVCCA.Options())
    try context.record("meanCoefficient", limited.mean, unit: "1", at: place)
    try context.record("directions", limited.firstDirections, unit: "directions", at: place)
    // As the paper has it, 99 % of the variance: with few images for each direction it says little.
    try context.record("unlimitedMeanCoefficient", whole.mean, unit: "1", at: place)
    try context.record("unlimitedDirections", whole.firstDirections, unit: "directions", at: place)
    try context.record("images", matrix.rows, unit: "images", at: place)
    try context.record("svccaSeconds", seconds, unit: "s", at: place)
  }

  /// Table 2 of the paper.
  private static let paper: [String: [Int: Double]] = [
    "full": [6: 0.8886, 11: 0.9185, 16: 0.7891, 19: 0.8182], "8BIT": [6: 0.8868, 11: 0.9176, 16: 0.787, 19: 0.8182],
    "pool(2)": [6: 0.6098, 11: 0.7085, 16: 0.7464, 19: 0.8086],
  ]

  private static func mean(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    try table.value("meanCoefficient", where: ["scheme": scheme.name, "layer": layer])
  }

  private static let claims = [
    Claim(
      "table2.8bit-keeps-cca", "8BIT keeps the CCA coefficients: within 0.02 of full precision at every layer",
      source: "section 8.4, table 2",
      judge: { table in
        .all(
          try layers.map { layer in
            let difference = abs(try mean(table, .eightBit, layer) - mean(table, .full, layer))
            return ClaimVerdict(holds: difference <= 0.02, evidence: [.init(name: "layer \(layer), 8BIT against full", value: difference)])
          })
      }),
    Claim(
      "table2.8bit-better-than-pool", "8BIT keeps the CCA coefficients better than pool(2)", source: "section 8.4, table 2",
      scales: [.ci, .small, .paper],
      judge: { table in
        // Layer 19 has maps of one value, which pooling leaves as they are.
        .all(
          try [6, 11, 16].map { layer in
            let full = try mean(table, .full, layer)
            let (bits, pool) = (abs(try mean(table, .eightBit, layer) - full), abs(try mean(table, .pool2, layer) - full))
            return ClaimVerdict(
              holds: bits <= pool,
              evidence: [
                .init(name: "layer \(layer), 8BIT off by", value: bits), .init(name: "layer \(layer), pool(2) off by", value: pool),
              ])
          })
      }),
  ]

  private static let keyFigures = [
    KeyFigure("layer 11: full, 8BIT, pool(2)") { table in
      try schemes.map { Quantity.plain(try mean(table, $0, 11)) }.joined(separator: ", ")
    }
  ]

  private static func chart(_ table: MeasurementTable) throws -> Chart {
    let images = try table.count("images", where: ["scheme": "full", "layer": 6])
    let series = try schemes.flatMap { scheme in
      [
        BarSeries(scheme.name, values: try layers.map { try mean(table, scheme, $0) }),
        BarSeries("\(scheme.name), paper", role: .paper(beside: scheme.name), values: layers.map { paper[scheme.name]![$0] }),
      ]
    }
    return Chart(
      title: "Mean CCA coefficient of a layer with the logits, CIFAR10_VGG16",
      panels: [
        Panel(
          x: Axis("layer"), y: Axis("mean CCA coefficient", range: 0...1.2),
          .bars(categories: layers.map { "layer \($0)" }, series))
      ],
      notes: [
        "SVCCA, directions that explain 99 % of the variance, at most one for \(imagesPerDirection) of the \(images) images: more would fit any logits. "
          + "Hatched: the paper's table 2, 50,000 images."
      ])
  }
}
