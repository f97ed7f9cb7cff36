/// COL_DIFF (paper section 5): in which rows two columns differ, e.g. the labels that two models predict for the same examples.
public struct ColumnDifference: Sendable, Equatable {
  /// The rows that differ, ascending.
  public let rows: [Int]
  /// How many rows were compared.
  public let count: Int

  /// The share of rows that differ; 0 when there are no rows.
  public var share: Double { count == 0 ? 0 : Double(rows.count) / Double(count) }

  /// Numbers that differ by more than a tolerance.
  ///
  /// NaN in only one column is a difference; NaN in both, or the same infinity, is not.
  ///
  /// - Parameters:
  ///   - first: one column.
  ///   - second: the other.
  ///   - tolerance: the largest absolute difference that is ignored, in the unit of the values.
  /// - Precondition: the columns have the same number of rows, and the tolerance is not negative.
  /// - Complexity: O(rows).
  public init(_ first: [Double], _ second: [Double], tolerance: Double = 0) {
    precondition(first.count == second.count, "columns of \(first.count) and \(second.count) rows")
    precondition(tolerance >= 0, "a tolerance of \(tolerance)")
    count = first.count
    rows = first.indices.filter {
      let (one, other) = (first[$0], second[$0])
      if one == other || (one.isNaN && other.isNaN) { return false }
      return one.isNaN || other.isNaN || abs(one - other) > tolerance
    }
  }

  /// Labels or texts that are not equal; `nil` means missing and equals only `nil`.
  ///
  /// - Precondition: the columns have the same number of rows.
  /// - Complexity: O(rows).
  public init<Label: Equatable>(labels first: [Label?], _ second: [Label?]) {
    precondition(first.count == second.count, "columns of \(first.count) and \(second.count) rows")
    count = first.count
    rows = first.indices.filter { first[$0] != second[$0] }
  }
}
