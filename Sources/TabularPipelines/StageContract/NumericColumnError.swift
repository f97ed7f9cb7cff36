import Mistique

/// Why columns cannot be used as numbers, and what to do. Rows are named by their `row_id`.
package enum NumericColumnError: Error, Equatable, Sendable {
  /// A column that was named is not int64, float32 or float64.
  case notNumeric(column: String, type: ColumnType)
  /// No column was named, and none of the frame's is int64, float32 or float64.
  case noNumericColumns(available: [String])
  /// The parameter `columns` names a column twice.
  case namedTwice(String)
  /// A column has missing values or NaNs, which the stage cannot work on: `rows` of them, the first in `rowID`.
  case gap(column: String, rowID: Int64, rows: Int, remedy: String)
  /// A value is infinite.
  case infinite(column: String, rowID: Int64)
  /// A value is infinite as a float32, or all values of its column become zero; trees are trained on float32.
  case notFloat32(column: String, rowID: Int64)
  /// A column of integers has to become float64 to be filled, which does not have this integer.
  case notFloat64(column: String, rowID: Int64, value: Int64)
  /// The stage computes in float64, which does not have this integer.
  case roundedInteger(column: String, rowID: Int64, value: Int64)
  /// Values are so large or so small that computing with them leaves the range of float64.
  case outOfRange(column: String)
  /// The matrix of products of so many columns would be too large.
  case tooManyColumns(Int, limit: Int)
  /// There are fewer rows than the stage needs to learn from.
  case tooFewRows(Int, needed: Int)
  /// `PCA` was asked for more components than the table has.
  case tooManyComponents(asked: Int, columns: Int, rows: Int)
  /// `PCA` was asked to whiten, and a component, counted from 1, has no variance to divide by.
  case noVariance(component: Int, asked: Int)
  /// A routine of LAPACK did not converge; `code` is its `info`.
  case noConvergence(routine: String, code: Int)
  /// A prediction does not fit float64.
  case predictionOutOfRange(rowID: Int64)
  /// `CombinePredictions` has another number of weights than of inputs.
  case weightCount(weights: Int, inputs: Int)
}

extension NumericColumnError: CustomStringConvertible {
  /// One line: what is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .notNumeric(let column, let type):
      "column \"\(column)\" is \(type), and this stage works on int64, float32 and float64 columns; name others or encode it first"
    case .noNumericColumns(let available):
      "there is no int64, float32 or float64 column; there are \(available.isEmpty ? "none at all" : available.joined(separator: ", "))"
    case .namedTwice(let column): "the parameter columns names \"\(column)\" twice; name it once"
    case .gap(let column, let rowID, let rows, let remedy):
      "column \"\(column)\" is missing or NaN in \(quantity(rows, "row")), first in row_id \(rowID); \(remedy)"
    case .infinite(let column, let rowID):
      "column \"\(column)\" is infinite in row_id \(rowID); only finite numbers can be worked on, so drop the row or the column"
    case .notFloat32(let column, let rowID):
      "column \"\(column)\" is infinite, too large, too small or too near to its other values for float32 in row_id \(rowID); trees are trained on float32, so change its unit"
        + " or origin, or drop the row or the column"
    case .notFloat64(let column, let rowID, let value):
      "the fill value of column \"\(column)\" is no whole number, so the column becomes float64, which has no \(value) (row_id \(rowID));"
        + " fill with a constant or the most frequent value, or leave the column out"
    case .roundedInteger(let column, let rowID, let value):
      "column \"\(column)\" holds \(value) in row_id \(rowID), which float64 would round; subtract a start or change the unit first, or name other columns"
    case .outOfRange(let column):
      "the values of column \"\(column)\" are too large or too small to be computed with in float64; change their unit first"
    case .tooManyColumns(let count, let limit):
      "there are \(count) columns, and a matrix of their products takes at most \(limit); select fewer (SelectColumn, DropColumns)"
    case .tooFewRows(let rows, let needed): "the table has \(quantity(rows, "row")) to learn from; at least \(needed) are needed"
    case .tooManyComponents(let asked, let columns, let rows):
      "the parameter components is \(asked), and \(quantity(rows, "row")) of \(quantity(columns, "column")) have at most \(min(columns, rows)) components; set it lower"
    case .noVariance(let component, let asked):
      "component \(component) of \(asked) has no variance to whiten by; set components to \(component - 1) or less, or whiten: false"
    case .noConvergence(let routine, let code): "LAPACK's \(routine) did not converge (info \(code)); finite columns should not cause that"
    case .predictionOutOfRange(let rowID):
      "the prediction of row_id \(rowID) is too large for float64; the row is far outside of what the model was trained on"
    case .weightCount(let weights, let inputs):
      "the parameter weights has \(quantity(weights, "number")) for \(quantity(inputs, "input")); give one per input, in their order"
    }
  }
}
