import Mistique

/// Mean and spread of a column, over the values that are neither missing nor NaN.
///
/// Deviations are taken from the column's first value and then from the mean, so that columns far from zero (a year, a coordinate) lose no
/// digits and a constant column has a spread of exactly zero. Sums are made block by block, in the order of rows, so equal columns give equal
/// bits. Where squares would leave float64's range, deviations are first divided by a power of two, which rounds nothing. So a column times a
/// power of two has the mean and the deviation times that power, where these are in range. Complexity: O(rows), two passes, one block of memory;
/// a third pass when the sum leaves the range.
struct ColumnMoments {
  /// Values that are neither missing nor NaN.
  let count: Int
  /// NaN when there is no value.
  let mean: Double
  let minimum: Double
  let maximum: Double
  /// Place of the first row that is missing or NaN.
  let firstGap: Int?
  /// The sum of squared deviations from the mean, in squares of `unit`.
  private let squares: Double
  /// A power of two; 1 unless the spread is far from it.
  private let unit: Double

  /// Throws `NumericColumnError.infinite`, `.roundedInteger` for an integer that float64 does not have and, when the spread is more than float64 can
  /// hold, `.outOfRange`.
  init(of column: Column, named name: String, rowIDs: RowIDs) throws {
    try column.requireWholeAsFloat64(named: name, rowIDs: rowIDs)
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
    let spread = maximum - minimum
    // A deviation close to the smallest floating-point numbers would have lost its digits.
    if count > 0, !spread.isFinite || (spread > 0 && spread.exponent < -1_000) { throw NumericColumnError.outOfRange(column: name) }
    let unit = count > 0 ? Self.unit(of: spread) : 1
    if unit != 1 { total = Self.deviations(of: column, from: first, unit: unit).sum }
    let mean = first + total / Double(count) * unit
    let (deviations, squares) = count > 0 ? Self.deviations(of: column, from: mean, unit: unit) : (0, 0)
    self.squares = max(0, squares - deviations * (deviations / Double(count)))
    (self.count, self.mean, self.unit, firstGap) = (count, mean, unit, gap)
    (self.minimum, self.maximum) = (minimum, maximum)
  }

  /// Whether products with this column stay far within float64's range. They do not when it varies by less than 2^-480 or more than 2^480.
  var hasSafeProducts: Bool { count == 0 || minimum == maximum || abs((maximum - minimum).exponent) <= 480 }

  /// 1 for a spread whose squares can be added up safely.
  private static func unit(of spread: Double) -> Double {
    spread == 0 || abs(spread.exponent) <= 400 ? 1 : Double(sign: .plus, exponent: spread.exponent, significand: 1)
  }

  /// The sums of the deviations from `centre` and of their squares, in units of `unit`.
  private static func deviations(of column: Column, from centre: Double, unit: Double) -> (sum: Double, squares: Double) {
    var (deviations, squares) = (0.0, 0.0)
    column.forEachBlock { _, values in
      var (sum, sumOfSquares) = (0.0, 0.0)
      for value in values where !value.isNaN {
        let deviation = unit == 1 ? value - centre : (value - centre) / unit
        sum += deviation
        sumOfSquares += deviation * deviation
      }
      deviations += sum
      squares += sumOfSquares
    }
    return (deviations, squares)
  }

  /// The population standard deviation over `rows` rows, where rows without a value count as the mean; 1 for a column that does not vary.
  ///
  /// Variation within the rounding of the mean counts as none, by scikit-learn's bound (after Chan, Golub and LeVeque).
  func deviation(over rows: Int) -> Double {
    guard count > 0, rows > 0 else { return 1 }
    let rowCount = Double(rows)
    let variance = squares / rowCount
    let rounding = rowCount * (mean / unit) * Double.ulpOfOne
    return variance <= rowCount * .ulpOfOne * variance + rounding * rounding ? 1 : variance.squareRoot() * unit
  }
}

extension Column {
  /// Throws `NumericColumnError.roundedInteger` for an integer that float64 does not have.
  func requireWholeAsFloat64(named name: String, rowIDs: RowIDs) throws {
    guard case .int64(let values) = values,
      let row = values.indices.first(where: { isPresent($0) && Int64(exactly: Double(values[$0])) != values[$0] })
    else { return }
    throw NumericColumnError.roundedInteger(column: name, rowID: rowIDs[row], value: values[row])
  }
}
