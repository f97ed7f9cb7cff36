/// CORR (paper section 5): Pearson's correlation of columns with a column, e.g. of every feature with the error.
///
/// NaN and infinite values count as missing. A pair with a missing value is left out (pairwise deletion), so coefficients of different
/// columns may be computed over different rows.
///
/// Each pair of columns is scaled by powers of two, and means are subtracted before anything is squared, so neither a large mean nor values
/// near the ends of float64 cost precision. The results equal those of `scipy.stats.pearsonr` (tested to 1e-12).
public struct Correlation: Sendable, Equatable {
  /// In -1...1; NaN when there are fewer than two pairs or when one of the columns does not vary over them.
  public let coefficient: Double
  /// The number of rows in which both columns have a number.
  public let pairs: Int

  /// The correlation of each column with `target`, in the order of the columns.
  ///
  /// - Precondition: every column has a value, if NaN, for each of the target's rows.
  /// - Complexity: O(rows x columns); three passes over each column.
  public static func of(_ columns: [[Double]], with target: [Double]) -> [Correlation] {
    columns.map { Correlation($0, target) }
  }

  /// The correlation of two columns of the same length.
  public init(_ first: [Double], _ second: [Double]) {
    precondition(first.count == second.count, "columns of \(first.count) and \(second.count) rows")
    let present = first.indices.filter { first[$0].isFinite && second[$0].isFinite }
    pairs = present.count
    guard pairs >= 2, let left = Self.deviations(present.map { first[$0] }), let right = Self.deviations(present.map { second[$0] }) else {
      coefficient = .nan
      return
    }
    var (products, leftSquares, rightSquares) = (0.0, 0.0, 0.0)
    for place in left.indices {
      products += left[place] * right[place]
      leftSquares += left[place] * left[place]
      rightSquares += right[place] * right[place]
    }
    coefficient = max(-1, min(1, products / (leftSquares * rightSquares).squareRoot()))
  }

  /// The values less their mean, scaled so that the largest is near 1; `nil` when all are the same.
  private static func deviations(_ values: [Double]) -> [Double]? {
    guard let largest = values.lazy.map(abs).max(), let deviations = centred(values, scaledBy: largest) else { return nil }
    // Once more: what is left may be small against the mean, and of it the mean is known better.
    guard let spread = deviations.lazy.map(abs).max() else { return nil }
    return centred(deviations, scaledBy: spread)
  }

  private static func centred(_ values: [Double], scaledBy largest: Double) -> [Double]? {
    guard let first = values.first, values.contains(where: { $0 != first }) else { return nil }
    // To halves at the most, so that the difference of two values is finite; a power of two, so that nothing is rounded; in two steps, as
    // that power may itself be no number.
    let exponent = -Int(largest.exponent) - 1
    let (one, other) = (Self.power(exponent / 2), Self.power(exponent - exponent / 2))
    let shifted = values.map { $0 * one * other - first * one * other }
    let mean = shifted.reduce(0, +) / Double(values.count)
    return shifted.map { $0 - mean }
  }

  private static func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
}
