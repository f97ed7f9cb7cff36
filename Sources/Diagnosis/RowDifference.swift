/// ROW_DIFF (paper section 5): the columns in which two rows differ most, e.g. the features of two homes with different predictions.
///
/// A column in which only one row has NaN is listed in ``missing``, because the difference is not a number. NaN in both rows, or the same
/// infinity, is no difference.
public struct RowDifference: Sendable, Equatable {
  /// A column with its value in each row.
  public struct Column: Sendable, Equatable {
    /// Its position, from 0.
    public let column: Int
    /// The first row's value.
    public let first: Double
    /// The second row's value.
    public let second: Double

    package init(column: Int, first: Double, second: Double) {
      self.column = column
      self.first = first
      self.second = second
    }
  }

  /// The columns that differ most, the largest difference first; ties go to the earlier column. Columns that agree are not among them.
  public let columns: [Column]
  /// Columns in which only one of the rows has NaN, ascending. They count in no other number.
  public let missing: [Int]
  /// The Euclidean distance of the rows; infinite when it is beyond float64.
  public let euclidean: Double
  /// The largest absolute difference of a column; 0 when no column differs.
  public let maximum: Double

  /// Compares two rows given as values.
  ///
  /// - Parameters:
  ///   - first: one row.
  ///   - second: the other.
  ///   - count: how many columns to name at most.
  /// - Precondition: the rows have the same number of columns.
  /// - Complexity: O(columns x log count).
  public init(_ first: [Double], _ second: [Double], count: Int) {
    precondition(first.count == second.count, "rows of \(first.count) and \(second.count) columns")
    // Halves where the difference of two numbers is none; not elsewhere, because the smallest numbers have no half.
    let overflows = zip(first, second).contains { $0.isFinite && $1.isFinite && !($0 - $1).isFinite }
    let unit = overflows ? 2.0 : 1
    let differences = zip(first, second).map { $0 == $1 || ($0.isNaN && $1.isNaN) ? 0 : abs($0 / unit - $1 / unit) }
    missing = differences.indices.filter { differences[$0].isNaN }
    columns = TopK.largest(count, of: differences).filter { first[$0] != second[$0] && !(first[$0].isNaN && second[$0].isNaN) }
      .map { Column(column: $0, first: first[$0], second: second[$0]) }
    let largest = differences.lazy.filter { !$0.isNaN }.max() ?? 0
    maximum = unit * largest
    // In units of the largest, so that no square overflows or vanishes.
    let squares = differences.reduce(0.0) { $1.isNaN || $1 == 0 ? $0 : $0 + ($1 / largest) * ($1 / largest) }
    euclidean = largest.isFinite ? unit * largest * squares.squareRoot() : .infinity
  }

  /// Compares two rows of a matrix, given by their positions.
  public init(_ first: Int, _ second: Int, of matrix: MatrixView, count: Int) {
    func row(_ row: Int) -> [Double] { UnsafeBufferPointer(start: matrix.start(ofRow: row), count: matrix.columns).map(Double.init) }
    self.init(row(first), row(second), count: count)
  }
}
