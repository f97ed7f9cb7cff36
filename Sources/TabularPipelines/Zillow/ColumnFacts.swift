/// What was measured of a column of the real Zillow Prize table: properties_2016.csv joined with train_2016_v2.csv, first 10,000 training rows.
struct ColumnFacts: Sendable {
  let name: String
  /// Share of the rows without a value.
  let missingRate: Double
  /// Different values among 10,000 rows.
  let distinctIn10000: Int
  /// Values at the quantiles 0, 1, 5, 25, 50, 75, 95, 99 and 100 %; empty for texts, flags and where `frequencies` say it all.
  let quantiles: [Double]
  /// Values and their shares of the present ones, most frequent first.
  let frequencies: [(value: Double, share: Double)]

  static let quantileLevels: [Double] = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]

  init(
    _ name: String, missing: Double, distinct: Int, quantiles: [Double] = [],
    frequencies: [(Double, Double)] = []
  ) {
    self.name = name
    missingRate = missing
    distinctIn10000 = distinct
    self.quantiles = quantiles
    self.frequencies = frequencies.map { (value: $0.0, share: $0.1) }
  }
}
