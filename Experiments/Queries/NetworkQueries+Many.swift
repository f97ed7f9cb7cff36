import ConvolutionalNetworks
import Diagnosis
import ExperimentKit
import Mistique

/// Questions about all columns of a layer.
extension NetworkQueries {
  private static let neighbours = 10
  /// SVCCA takes time with the third power of its rows, so that more are not asked for.
  private static let svccaImages = 5_000

  static let representationsNote =
    "SVCCA keeps all directions that explain 99 % of the variance, as the paper's, and compares the first \(Quantity.grouped(svccaImages)) images where there are more."

  func manyColumns(on layer: Int) -> [DiagnosticQuery] {
    [nearestNeighbours(on: layer), rowDifference(on: layer), representations(on: layer), classMeans(on: layer)]
  }

  /// Predictions for the ten images that are most like image 51.
  private func nearestNeighbours(on layer: Int) -> DiagnosticQuery {
    let image = Int(row(51))
    let (key, logits) = (models.key(models.vgg16, layer: layer), models.key(models.vgg16, layer: Self.logits))
    return DiagnosticQuery("KNN", target: Self.target(layer)) { fetcher in
      let found: [Int64]
      do {
        let matrix = try fetcher.fetch([key])[0].requiredMatrix()
        found = matrix.withValues { values in
          NearestNeighbours.of(row: image, in: MatrixView(values, columns: matrix.columns), count: Self.neighbours).map { Int64($0.row) }
        }
      }
      let predictions = Predictions(try fetcher.fetch([logits], rows: .ids(found))[0].requiredMatrix())
      return found.map(Double.init) + predictions.classes.map(Double.init) + predictions.confidences
    }
  }

  /// Where an image and the adversarial one made from it differ most, and by how much.
  func rowDifference(on layer: Int) -> DiagnosticQuery {
    let keys = [models.key(models.vgg16, layer: layer), models.key(models.adversarial, layer: layer)]
    return DiagnosticQuery(name: "ROW_DIFF", target: Self.target(layer), keys: keys, rows: .ids([row(51)])) { results in
      let rows = try results.map { try $0.requiredMatrix().row(0).map(Double.init) }
      let difference = RowDifference(rows[0], rows[1], count: 10)
      return difference.columns.flatMap { [Double($0.column), $0.first - $0.second] } + [difference.euclidean]
    }
  }

  /// How much of what the layer represents the logits represent too.
  func representations(on layer: Int) -> DiagnosticQuery {
    let logits = models.key(models.vgg16, layer: Self.logits)
    let other =
      layer == Self.logits
      ? models.key(models.cnn, layer: models.cnnLayer(besides: layer)) : models.key(models.vgg16, layer: layer)
    let rows: RowRequest = labels.count > Self.svccaImages ? .ids(Array(0..<Int64(Self.svccaImages))) : .all
    return DiagnosticQuery(name: "SVCCA", target: Self.target(layer), keys: [other, logits], rows: rows) { results in
      let (one, other) = (try results[0].requiredMatrix(), try results[1].requiredMatrix())
      return try one.withValues { first in
        try other.withValues { second in
          try SVCCA(MatrixView(first, columns: one.columns), MatrixView(second, columns: other.columns)).coefficients
        }
      }
    }
  }

  /// Mean activation of every value of the layer, per class.
  func classMeans(on layer: Int) -> DiagnosticQuery {
    let labels = labels
    return DiagnosticQuery(name: "VIS", target: Self.target(layer), keys: [models.key(models.vgg16, layer: layer)]) { results in
      let matrix = try results[0].requiredMatrix()
      return matrix.withValues { GroupMeans.of($0, columns: matrix.columns, groups: labels, groupCount: ImageSet.classes) }
    }
  }
}
