import Mistique

/// Why columns cannot be used as numbers, and what to do. Rows are named by their `row_id`.
public enum NumericColumnError: Error, Equatable, Sendable {
  case notNumeric(column: String, type: ColumnType)
  case noNumericColumns(available: [String])
  case namedTwice(String)
  case gap(column: String, rowID: Int64, rows: Int, remedy: String)
  case infinite(column: String, rowID: Int64)
  case notFloat32(column: String, rowID: Int64)
  /// An integer of a column that has to become float64.
  case notFloat64(column: String, rowID: Int64, value: Int64)
  /// An integer that float64, in which is computed, does not have.
  case roundedInteger(column: String, rowID: Int64, value: Int64)
  case outOfRange(column: String)
  case tooManyColumns(Int, limit: Int)
  case tooFewRows(Int, needed: Int)
  case tooManyComponents(asked: Int, columns: Int, rows: Int)
  case noVariance(component: Int, asked: Int)
  case noConvergence(routine: String, code: Int)
  case predictionOutOfRange(rowID: Int64)
  case weightCount(weights: Int, inputs: Int)
}

extension NumericColumnError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notNumeric(let column, let type):
      "column \"\(column)\" is \(type), and this stage works on int64, float32 and float64 columns; name others or encode it first"
    case .noNumericColumns(let available):
      "there is no int64, float32 or float64 column; there are \(available.isEmpty ? "none at all" : available.joined(separator: ", "))"
    case .namedTwice(let column): "the parameter columns names \"\(column)\" twice; name it once"
    case .gap(let column, let rowID, let rows, let remedy):
      "column \"\(column)\" is missing or NaN in \(rows) \(rows == 1 ? "row" : "rows"), first in row_id \(rowID); \(remedy)"
    case .infinite(let column, let rowID):
      "column \"\(column)\" is infinite in row_id \(rowID); only finite numbers can be worked on, so drop the row or the column"
    case .notFloat32(let column, let rowID):
      "column \"\(column)\" is infinite, too large or too small for float32 in row_id \(rowID); trees are trained on float32, so change its unit"
        + " or drop the row or the column"
    case .notFloat64(let column, let rowID, let value):
      "the fill value of column \"\(column)\" is no whole number, so the column becomes float64, which has no \(value) (row_id \(rowID));"
        + " fill with a constant or the most frequent value, or leave the column out"
    case .roundedInteger(let column, let rowID, let value):
      "column \"\(column)\" holds \(value) in row_id \(rowID), which float64 would round; subtract a start or change the unit first, or name other columns"
    case .outOfRange(let column):
      "the values of column \"\(column)\" are too large or too small to be computed with in float64; change their unit first"
    case .tooManyColumns(let count, let limit):
      "there are \(count) columns, and a matrix of their products is made for \(limit) at most; select fewer (SelectColumn, DropColumns)"
    case .tooFewRows(let rows, let needed): "there are \(rows) rows to learn from; at least \(needed) are needed"
    case .tooManyComponents(let asked, let columns, let rows):
      "\(asked) components were asked for, and \(rows) rows of \(columns) columns have \(min(columns, rows)) at most; set components lower"
    case .noVariance(let component, let asked):
      "component \(component) of \(asked) has no variance to whiten by; set components to \(component - 1) or less, or whiten: false"
    case .noConvergence(let routine, let code): "LAPACK's \(routine) did not converge (info \(code)); finite columns should not cause that"
    case .predictionOutOfRange(let rowID):
      "the prediction of row_id \(rowID) is too large for float64; the row is far outside of what the model was trained on"
    case .weightCount(let weights, let inputs):
      "the parameter weights has \(weights) numbers for \(inputs) inputs; give one for each input, in their order"
    }
  }
}
