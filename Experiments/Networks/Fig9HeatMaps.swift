import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Foundation
import Mistique

/// Figure 9 of the paper: the mean activation of layer 9's 256 neurons for each class, from full precision and from quantized intermediates.
enum Fig9HeatMaps {
  static let layer = 9
  static let classes = 10
  static let schemes: [NamedScheme] = [.full, .lp, .eightBit, .pool2, .threeBit, .threshold, .bound]

  static let parameters = ["scheme", "class", "neuron"]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig9-heatmaps", aliases: ["fig9"], title: "Heat maps of mean activations from quantized intermediates",
        source: "section 8.4, figure 9"),
      parameters: parameters,
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 20_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 15, diskBytes: 200_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 90, diskBytes: 1_200_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 200, diskBytes: 600_000_000, memoryBytes: 6_000_000_000),
      ],
      outcome: .init(
        claims: Fig9Claims.all, figures: [Figure("fig9-heatmaps", chart: Fig9Claims.chart)],
        gates: [Gate("visibleShare", .reported), Gate("rootMeanSquare", .reported)],
        keyFigures: Fig9Claims.keyFigures)
    ) { context in
      let stores = try SchemeStores(context, settings, layers: [layer], reruns: .none)
      var reference: (cells: [Double], values: [Float])?
      for scheme in schemes {
        // Not taken over one by one: every map is compared with the first.
        let store = try stores.store(scheme)
        let matrix = try SchemeStores.read(layer: layer, from: store)
        let means = try means(of: matrix, stores.workload)
        try stores.remove(store)
        try record(means, scheme, context)
        let values = matrix.withValues { Array($0.prefix(matrix.columns * comparedImages)) }
        let full = reference ?? (means, values)
        reference = full
        let difference = try HeatMapDifference(reference: full.cells, other: means)
        let place: MeasurementTable.Parameters = ["scheme": scheme.name, "class": "all", "neuron": "all"]
        try context.record("visibleShare", difference.visibleShare, unit: "1", at: place)
        try context.record("rootMeanSquare", difference.rootMeanSquare, unit: "of the range", at: place)
        try context.record("images", stores.workload.input.images.count, unit: "images", at: place)
        try context.record("maximum", difference.maximum, unit: "of the range", at: place)
        // What averaging hides: how far single values are off, beside the cells of the map, which are means of many.
        if scheme.name != NamedScheme.pool2.name {
          try context.record("valueDifference", meanDifference(full.values, values), unit: "activation", at: place)
          try context.record("cellDifference", meanDifference(full.cells, means), unit: "activation", at: place)
        }
      }
      try stores.removeAll()
    }
  }

  /// As many images as a comparison of single values needs to be steady, and memory has room for beside a whole layer.
  private static let comparedImages = 500

  private static func meanDifference<Value: BinaryFloatingPoint>(_ reference: [Value], _ other: [Value]) -> Double {
    zip(reference, other).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(reference.count)
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
}
