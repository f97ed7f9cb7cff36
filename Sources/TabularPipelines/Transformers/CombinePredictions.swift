import Mistique

/// Mixes predictions: the weighted sum of one column of each input, as float64 in the one output column `prediction`.
///
/// Inputs: one frame or more, with equal `row_id`s; each has the column `column`, of int64, float32 or float64. `weights` gives one number per
/// input, in their order; they need not add up to 1. Terms are added in the order of inputs. A row is missing where one of the inputs is, and NaN
/// where one of them is NaN, even with a weight of 0. `decimals` rounds the sum as in `Predict`. An infinite value, or a
/// sum that is too large, is an error. Complexity: O(inputs x rows).
struct CombinePredictions: StatelessTransformer {
  static let bits: TransformerBits? = .revision(2)
  static let signature = TransformerSignature(
    "CombinePredictions", inputs: [.frame], following: .more,
    parameters: [
      ParameterDeclaration("weights", .numbers(-1e6...1e6)),
      ParameterDeclaration("column", .text(oneOf: []), default: .text("prediction")),
      ParameterDeclaration("decimals", .integer(-1...15), default: .integer(-1)),
    ])

  private let weights: [Double]
  private let columnName: String
  private let rounding: DecimalRounding?

  init(_ parameters: Parameters) {
    weights = parameters.numbers("weights")
    columnName = parameters.text("column")
    rounding = DecimalRounding(decimals: parameters.integer("decimals"))
  }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frames = inputs.map(\.frame)
    guard weights.count == frames.count else { throw NumericColumnError.weightCount(weights: weights.count, inputs: frames.count) }
    let rowIDs = frames[0].rowIDs
    guard frames.allSatisfy({ $0.rowIDs == rowIDs }) else { throw TransformerError.rowsDiffer }
    var sums = [Double](repeating: 0, count: rowIDs.count)
    var present = Validity(count: rowIDs.count, present: true)
    for (frame, weight) in zip(frames, weights) {
      let column = try NumericColumns.named([columnName], of: frame)[0].column
      try column.requireWholeAsFloat64(named: columnName, rowIDs: rowIDs)
      try column.forEachBlock { start, values in
        for (place, value) in values.enumerated() {
          guard !value.isInfinite else { throw NumericColumnError.infinite(column: columnName, rowID: rowIDs[start + place]) }
          sums[start + place] += weight * value
          // Here, and not at the end: an infinite term of the other sign would make it NaN.
          guard !sums[start + place].isInfinite else { throw NumericColumnError.predictionOutOfRange(rowID: rowIDs[start + place]) }
        }
      }
      if let validity = column.validity { for row in sums.indices where !validity[row] { present[row] = false } }
    }
    let sum = Column(.float64(sums), validity: present)
    return [DataFrame(rowIDs: rowIDs, columns: [(name: "prediction", column: rounding?(sum) ?? sum)])]
  }
}
