extension InferenceNetwork {
  /// The class that the network favours, for each of the rows: the index of the largest logit, the first if two are equal; `nil` where a logit is NaN.
  ///
  /// The logits are those of the last layer or, if that is a softmax, of the layer that it reads: rounding may make two probabilities equal.
  public func predictedLabels(for images: ImageSet, rows: [Int]) throws -> [Int?] {
    let last = layers.logits
    let classes = layers[last].shape.columnCount
    var predictions: [Int?] = []
    try forward(images, rows: rows, wanted: [last]) { positions, _, logits in
      for image in 0..<positions.count {
        let row = logits[(image * classes)..<((image + 1) * classes)]
        predictions.append(row.contains { $0.isNaN } ? nil : row.indices.max { row[$0] < row[$1] }! - row.startIndex)
      }
    }
    return predictions
  }

  /// The share of a set's images that the network classifies rightly, 0 to 1: give it images that were held out of the training.
  public func accuracy(on images: ImageSet) throws -> Double {
    precondition(images.count > 0, "the accuracy on no images")
    let predictions = try predictedLabels(for: images, rows: Array(0..<images.count))
    return Double(zip(predictions, images.labels).count { $0 == Int($1) }) / Double(images.count)
  }
}
