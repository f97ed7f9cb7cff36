import Mistique

/// Mean and spread of a column, over the values that are neither missing nor NaN.
///
/// Deviations are taken from the column's first value and then from the mean, so that columns far from zero (a year, a coordinate) lose no
/// digits and a constant column has a spread of exactly zero. Sums are made block by block, in the order of rows: equal columns give equal
/// bits. Complexity: O(rows), two passes, one block of memory.
struct ColumnMoments {
  /// Values that are neither missing nor NaN.
  let count: Int
  /// NaN when there is no value.
  let mean: Double
  /// The sum of squared deviations from the mean.
  let squares: Double
  let minimum: Double
  let maximum: Double
  /// Place of the first row that is missing or NaN.
  let firstGap: Int?

  /// Throws `NumericColumnError.infinite` and, when the spread is more than float64 can hold, `.outOfRange`.
  init(of column: Column, named name: String, rowIDs: RowIDs) throws {
    var (count, total, first, gap) = (0, 0.0, Double.nan, Int?.none)
    var (minimum, maximum) = (Double.infinity, -Double.infinity)
    try column.forEachBlock { start, values in
      var sum = 0.0
      for (place, value) in values.enumerated() {
        if value.isNaN {
          if gap == nil { gap = start + place }
          continue
        }
        guard value.isFinite else { throw NumericColumnError.infinite(column: name, rowID: rowIDs[start + place]) }
        if count == 0 { first = value }
        count += 1
        sum += value - first
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
      }
      total += sum
    }
    let mean = first + total / Double(count)
    var (deviations, squares) = (0.0, 0.0)
    if count > 0 {
      column.forEachBlock { _, values in
        var (sum, sumOfSquares) = (0.0, 0.0)
        for value in values where !value.isNaN {
          let deviation = value - mean
          sum += deviation
          sumOfSquares += deviation * deviation
        }
        deviations += sum
        squares += sumOfSquares
      }
      squares = max(0, squares - deviations * (deviations / Double(count)))
      guard mean.isFinite, squares.isFinite else { throw NumericColumnError.outOfRange(column: name) }
    }
    (self.count, self.mean, self.squares, firstGap) = (count, mean, squares, gap)
    (self.minimum, self.maximum) = (minimum, maximum)
  }

  /// The population standard deviation over `rows` rows, of which those beyond `count` have the mean; 1 for a column that does not vary.
  ///
  /// What is no more than rounding of the mean counts as no variation, by scikit-learn's bound (after Chan, Golub and LeVeque).
  func deviation(over rows: Int) -> Double {
    guard count > 0, rows > 0 else { return 1 }
    let rowCount = Double(rows)
    let variance = squares / rowCount
    let rounding = rowCount * mean * Double.ulpOfOne
    return variance <= rowCount * .ulpOfOne * variance + rounding * rounding ? 1 : variance.squareRoot()
  }
}
