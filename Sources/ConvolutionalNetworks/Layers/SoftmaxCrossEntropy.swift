import Foundation

/// The loss of a classifier: softmax, then the mean over the batch of -log of the true class's probability.
enum SoftmaxCrossEntropy {
  struct Result {
    /// Mean over the batch, in nats.
    var loss: Double
    /// Images whose largest logit is that of their label.
    var correct: Int
  }

  /// Writes the loss's gradient with respect to the logits and returns the loss. Both buffers are n x classes, row-major.
  static func evaluate(
    logits: UnsafeBufferPointer<Float>, labels: [UInt8], gradient: UnsafeMutableBufferPointer<Float>
  ) -> Result {
    let classes = logits.count / labels.count
    var result = Result(loss: 0, correct: 0)
    for (image, label) in labels.enumerated() {
      let row = UnsafeBufferPointer(rebasing: logits[(image * classes)..<((image + 1) * classes)])
      let best = row.indices.max { row[$0] < row[$1] }!
      // Subtracting the largest keeps the exponentials finite. Double, as ten numbers per image cost nothing.
      let exponentials = row.map { exp(Double($0) - Double(row[best])) }
      let sum = exponentials.reduce(0, +)
      for category in 0..<classes {
        let target = category == Int(label) ? 1.0 : 0
        gradient[image * classes + category] = Float((exponentials[category] / sum - target) / Double(labels.count))
      }
      result.loss -= (Double(row[Int(label)]) - Double(row[best]) - log(sum)) / Double(labels.count)
      if best == Int(label) { result.correct += 1 }
    }
    return result
  }
}
