/// How often each class is predicted for examples of each class: the confusion matrix.
public struct Confusion: Sendable, Equatable {
  /// How many classes there are.
  public let classes: Int
  /// Row-major, `classes` x `classes`: in row *label*, column *prediction*, the number of examples.
  public let counts: [Int]
  /// Examples without a label or without a prediction, which count nowhere else.
  public let missing: Int

  /// Examples that have both.
  public var count: Int { counts.reduce(0, +) }

  /// Examples that are predicted as what they are.
  public var right: Int { (0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] } }

  /// Counts predictions against labels.
  ///
  /// - Precondition: both have one entry per example, `nil` or in 0..<`classes`.
  /// - Complexity: O(examples + classes²).
  public init(predicted: [Int?], labels: [Int?], classes: Int) {
    precondition(predicted.count == labels.count, "\(predicted.count) predictions for \(labels.count) labels")
    var counts = [Int](repeating: 0, count: classes * classes)
    var missing = 0
    for (prediction, label) in zip(predicted, labels) {
      guard let prediction, let label else {
        missing += 1
        continue
      }
      precondition((0..<classes).contains(prediction) && (0..<classes).contains(label), "class \(prediction) or \(label) of \(classes)")
      counts[label * classes + prediction] += 1
    }
    (self.classes, self.counts, self.missing) = (classes, counts, missing)
  }

  /// For each row, the place of the column with the largest value; ties go to the first, and a row with NaN has none.
  ///
  /// - Precondition: all columns have the same number of rows.
  /// - Complexity: O(rows x columns).
  public static func largest(of columns: [[Double]]) -> [Int?] {
    guard let first = columns.first else { return [] }
    precondition(columns.allSatisfy { $0.count == first.count }, "columns of different lengths")
    return first.indices.map { row in
      var best = 0
      for place in columns.indices {
        let value = columns[place][row]
        if value.isNaN { return nil }
        if value > columns[best][row] { best = place }
      }
      return best
    }
  }
}
