import ExperimentKit
import Foundation

/// What a scheme stores for each value against what it keeps of the answers, layer by layer: BOUND_QT as a curve, the paper's schemes as points.
enum BytesAndAccuracy {
  /// Of rows: what is stored of a layer for each value that the network emits.
  static let metric = "bitsPerValue"
  static let gate = Gate(
    metric, .within(0.02, reason: "trained weights differ in their last bits between kinds of processors, and so do compressed sizes"),
    better: .lower)

  /// Of table 3.
  static func neighbours(_ table: MeasurementTable) throws -> Chart {
    let count = try table.count("neighbours", where: ["scheme": "full", "layer": Table3KNN.layers[0]])
    return try chart(
      table, Table3KNN.layers, Table3KNN.schemes, Table3KNN.bounds, "Nearest neighbours that remain",
      "% of \(count) neighbours", whole: 100
    ) { 100 * (try table.value("overlap", where: ["scheme": $0, "layer": $1])) }
  }

  /// Of table 2, with the paper's directions.
  static func coefficients(_ table: MeasurementTable) throws -> Chart {
    let metric = Table2SVCCA.Directions.all.metric
    return try chart(
      table, Table2SVCCA.layers, Table2SVCCA.schemes, Table2SVCCA.bounds, "Mean CCA coefficient with the logits",
      "mean CCA coefficient", whole: 1
    ) { try table.value(metric, where: ["scheme": $0, "layer": $1]) }
  }

  private static func chart(
    _ table: MeasurementTable, _ layers: [Int], _ schemes: [NamedScheme], _ bounds: [NamedScheme], _ title: String, _ kind: String,
    whole: Double,
    kept: (_ scheme: String, _ layer: Int) throws -> Double
  ) throws -> Chart {
    let images = try table.count("images", where: ["scheme": "full", "layer": layers[0]])
    func point(_ scheme: NamedScheme, _ layer: Int) throws -> LineSeries.Point {
      LineSeries.Point(x: try table.value(metric, where: ["scheme": scheme.name, "layer": layer]), y: try kept(scheme.name, layer))
    }
    let series = try layers.map { layer in
      [LineSeries("BOUND", points: try bounds.map { try point($0, layer) })]
        + (try schemes.map { LineSeries($0.name, points: [try point($0, layer)], joined: false) })
    }
    // The same in every panel, from the tenth below the least on.
    let least = series.joined().flatMap(\.points).map(\.y).min() ?? 0
    let y = Axis(kind, range: floor(least / whole * 10) / 10 * whole...1.02 * whole)
    let panels = zip(layers, series).map { Panel(title: "layer \($0)", x: Axis("bits stored for each value"), y: y, .lines($1)) }
    return Chart(
      title: "\(title), by what is stored: CIFAR10_VGG16, \(Quantity.grouped(images)) images", panels: panels,
      notes: [
        "BOUND (beyond the paper): no value is off by more than so many root mean squares of the layer, from left to right "
          + bounds.map { $0.name.filter { $0.isNumber || $0 == "." } }.joined(separator: ", ")
          + ". The base of a ladder has the same values and codes.",
        "Bits are those of the frames that are read for the whole layer, over the values that the network emits. Points: the paper's schemes here.",
        PretrainedVGG16.note,
      ], columns: 2)
  }
}
