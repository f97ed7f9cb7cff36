import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// Figure 9 of the paper: the mean activation of layer 9's 256 neurons for each class, from full precision and from quantized intermediates.
enum Fig9HeatMaps {
  private static let layer = 9
  private static let classes = 10
  private static let schemes: [NamedScheme] = [.full, .lp, .eightBit, .pool2, .threeBit, .threshold]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig9-heatmaps", aliases: ["fig9"], title: "Heat maps of mean activations from quantized intermediates",
        source: "section 8.4, figure 9"),
      parameters: ["scheme", "class", "neuron"],
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 15, diskBytes: 200_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 90, diskBytes: 1_200_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 3_000, diskBytes: 30_000_000_000, memoryBytes: 8_000_000_000),
      ],
      outcome: .init(
        claims: claims, figures: [Figure("fig9-heatmaps", chart: chart)],
        gates: [Gate("visibleShare", .reported), Gate("rootMeanSquare", .reported)],
        keyFigures: keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings)
      var reference: [Double]?
      for scheme in schemes {
        // Not taken over one by one: every map is compared with the first.
        let store = try stores.store(scheme)
        let means = try means(of: SchemeStores.read(layer: layer, from: store), stores.workload)
        try stores.remove(store)
        try record(means, scheme, context)
        if reference == nil { reference = means }
        let difference = try HeatMapDifference(reference: reference!, other: means)
        let place: MeasurementTable.Parameters = ["scheme": scheme.name, "class": "all", "neuron": "all"]
        try context.record("visibleShare", difference.visibleShare, unit: "1", at: place)
        try context.record("rootMeanSquare", difference.rootMeanSquare, unit: "of the range", at: place)
        try context.record("maximum", difference.maximum, unit: "of the range", at: place)
      }
    }
  }

  /// Class by class, the mean over the class's images and over the map of each neuron; 0 for a class without images.
  private static func means(of matrix: FloatMatrix, _ workload: ImageWorkload) throws -> [Double] {
    let channels = try workload.description.layers()[layer].shape.channels
    let area = matrix.columns / channels
    let means = matrix.withValues {
      GroupMeans.of($0, columns: matrix.columns, groups: workload.input.images.labels.map(Int.init), groupCount: classes)
    }
    return stride(from: 0, to: means.count, by: area).map { start in
      let sum = means[start..<start + area].reduce(0, +)
      return sum.isNaN ? 0 : sum / Double(area)
    }
  }

  private static func record(_ means: [Double], _ scheme: NamedScheme, _ context: RunContext) throws {
    let neurons = means.count / classes
    for (index, mean) in means.enumerated() {
      try context.record(
        "meanActivation", mean, unit: "activation", at: ["scheme": scheme.name, "class": index / neurons, "neuron": index % neurons])
    }
  }

  /// Below this share of visibly changed cells two heat maps count as looking the same.
  private static let sameLook = 0.05

  private static func visible(_ table: MeasurementTable, _ scheme: NamedScheme) throws -> Double {
    try table.value("visibleShare", where: ["scheme": scheme.name])
  }

  private static func changedLook(_ schemes: [NamedScheme], _ table: MeasurementTable, holds: (Double) -> Bool) throws -> ClaimVerdict {
    .all(
      try schemes.map {
        let share = try visible(table, $0)
        return ClaimVerdict(holds: holds(share), evidence: [.init(name: "\($0.name), share of cells that change visibly", value: share)])
      })
  }

  private static let claims = [
    Claim(
      "fig9.lp-8bit-look-the-same", "The heat maps of LP and 8BIT look like that of full precision", source: "section 8.4, figure 9",
      judge: { try changedLook([.lp, .eightBit], $0) { $0 < sameLook } }),
    Claim(
      "fig9.pool-looks-the-same", "The heat map of pool(2) looks like that of full precision", source: "section 8.4, figure 9",
      judge: { try changedLook([.pool2], $0) { $0 < sameLook } }),
    Claim(
      "fig9.kbit3-threshold-differ", "The heat maps of KBIT(3) and THRESHOLD(99.5 %) visibly differ", source: "section 8.4, figure 9",
      judge: { try changedLook([.threeBit, .threshold], $0) { $0 >= sameLook } }),
  ]

  private static let keyFigures = [
    KeyFigure("cells that change visibly: 8BIT, pool(2), KBIT(3), THRESHOLD") { table in
      try [NamedScheme.eightBit, .pool2, .threeBit, .threshold].map { Quantity.percent(try visible(table, $0)) }.joined(separator: ", ")
    }
  ]

  private static func chart(_ table: MeasurementTable) throws -> Chart {
    func rows(_ scheme: NamedScheme) throws -> [[Double]] {
      let values = try table.filter("meanActivation", where: ["scheme": scheme.name]).rows.map(\.value.double)
      let neurons = values.count / classes
      return (0..<classes).map { Array(values[$0 * neurons..<($0 + 1) * neurons]) }
    }
    let full = try rows(.full)
    let all = full.joined()
    let range = all.min()!...all.max()!
    let panels = try schemes.map { scheme in
      let share = try visible(table, scheme)
      let title = scheme.name == "full" ? "full precision" : "\(scheme.name): \(Quantity.percent(share)) of cells change visibly"
      return Panel(
        title: title, x: Axis("neuron of layer \(layer)"), y: Axis(""),
        .heatMap(
          HeatMap(
            rowLabels: CIFAR10.labelNames, rows: try rows(scheme).map { $0.map { min(max($0, range.lowerBound), range.upperBound) } },
            range: range)))
    }
    return Chart(
      title: "Mean activation of each neuron of layer \(layer) for each class, CIFAR10_VGG16", panels: panels,
      notes: [
        "All on the colour scale of full precision. A cell changes visibly when its colour moves by more than a just noticeable difference (2.3 in "
          + "CIELAB). The paper (figure 9): LP, 8BIT and pooling look the same; KBIT(3) and THRESHOLD (99.5 %) differ."
      ], columns: 2)
  }
}
