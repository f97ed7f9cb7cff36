import ConvolutionalNetworks
import Diagnosis
import Foundation
import Mistique

/// Questions about few columns.
extension NetworkQueries {
  func fewColumns(on layer: Int) -> [DiagnosticQuery] {
    [activationMap(on: layer), mostExcited(on: layer), columnDifference(on: layer), columnDistribution(on: layer)]
  }

  static let neuronNote =
    "TOPK, and at layers 11 and 1 COL_DIFF and COL_DIST too, are about one neuron: its maps alone are read. The paper's took as long as VIS, which needs the whole layer. What COL_DIFF and COL_DIST "
    + "ask at these layers the paper does not say; here it is the neuron's mean activation, where layer 21 has predictions and confidences."

  /// Activation map of neuron 35, one image.
  func activationMap(on layer: Int) -> DiagnosticQuery {
    DiagnosticQuery(name: "POINTQ", target: Self.target(layer), keys: [neuron(layer)], rows: .ids([row(345)])) { results in
      try results[0].requiredMatrix().row(0).map(Double.init)
    }
  }

  /// Ten images that most excite neuron 35.
  func mostExcited(on layer: Int) -> DiagnosticQuery {
    DiagnosticQuery(name: "TOPK", target: Self.target(layer), keys: [neuron(layer)]) { results in
      let matrix = try results[0].requiredMatrix()
      let excitement = matrix.withValues { MapReduction.maxima($0, columns: matrix.columns) }
      return TopK.largest(10, of: excitement).map(Double.init)
    }
  }

  /// Images on which the two networks differ.
  private func columnDifference(on layer: Int) -> DiagnosticQuery {
    let cnnLayer = models.cnnLayer(besides: layer)
    guard layer != Self.logits else {
      let keys = [models.key(models.vgg16, layer: layer), models.key(models.cnn, layer: cnnLayer)]
      return DiagnosticQuery(name: "COL_DIFF", target: Self.target(layer), keys: keys) { results in
        let (one, other) = (Predictions(try results[0].requiredMatrix()), Predictions(try results[1].requiredMatrix()))
        return ColumnDifference(labels: one.classes, other.classes).rows.map(Double.init)
      }
    }
    let column = "n\(Self.neuron % models.cnnChannels[cnnLayer])"
    return DiagnosticQuery(
      name: "COL_DIFF", target: Self.target(layer), keys: [neuron(layer), models.key(models.cnn, layer: cnnLayer, column)]
    ) { results in
      let (one, other) = (Self.standardised(try Self.means(results[0])), Self.standardised(try Self.means(results[1])))
      return ColumnDifference(one, other, tolerance: 1).rows.map(Double.init)
    }
  }

  /// How confident the network is of all predicted cats, or how strongly they excite the neuron.
  private func columnDistribution(on layer: Int) -> DiagnosticQuery {
    let shown = shownClass
    guard layer != Self.logits else {
      let keys = [models.key(models.vgg16, layer: layer)]
      return DiagnosticQuery(name: "COL_DIST", target: Self.target(layer), keys: keys) { results in
        let predictions = Predictions(try results[0].requiredMatrix())
        let cats = zip(predictions.classes, predictions.confidences).filter { $0.0 == shown }.map(\.1)
        return Distribution(cats).map { $0.histogram.map(Double.init) } ?? []
      }
    }
    let classes = predictions
    return DiagnosticQuery(name: "COL_DIST", target: Self.target(layer), keys: [neuron(layer)]) { results in
      let cats = zip(classes, try Self.means(results[0])).filter { $0.0 == shown }.map(\.1)
      return Distribution(cats).map { $0.histogram.map(Double.init) } ?? []
    }
  }

  private static func means(_ result: IntermediateResult) throws -> [Double] {
    let matrix = try result.requiredMatrix()
    return matrix.withValues { MapReduction.means($0, columns: matrix.columns) }
  }

  /// In standard deviations from the mean; zeros where nothing varies.
  private static func standardised(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    return values.map { deviation > 0 ? ($0 - mean) / deviation : 0 }
  }
}

/// What logits say of each image: the class with the largest, and its share in the softmax of all.
struct Predictions {
  let classes: [Int]
  let confidences: [Double]

  init(_ logits: FloatMatrix) {
    let rows = (0..<logits.rows).map { logits.row($0).map(Double.init) }
    classes = rows.map { TopK.largest(1, of: $0).first ?? 0 }
    confidences = zip(rows, classes).map { row, shown in 1 / row.reduce(0) { $0 + exp($1 - row[shown]) } }
  }
}
