/// Columns as rows to be compared, each column less its mean and over its standard deviation: otherwise the columns with the largest unit, such as
/// coordinates in millionths of a degree, would decide alone which rows are alike.
///
/// A value that is NaN or infinite is taken as its column's mean. A column without two different numbers says nothing about which rows are alike and is
/// left out. Values are float32 from then on, as differences from a value of the column's middle: one that is far beyond the others then takes nothing from
/// theirs.
public struct StandardisedFeatures: Sendable {
  private let values: [Float]
  /// How many columns were kept; at least one.
  public let columns: Int

  /// A column with the two numbers that standardise it.
  private struct Feature {
    let values: [Double]
    let mean: Double
    let deviation: Double
    /// What is subtracted. Distances do not depend on it; float32 is the more exact the nearer a value is to it.
    let middle: Double

    /// `nil` for a column that does not vary, or has no number.
    init?(_ values: [Double]) {
      // By the values themselves: the mean of equal ones may be rounded, and then each is a little off it.
      guard let first = values.first(where: \.isFinite), values.contains(where: { $0.isFinite && $0 != first }) else { return nil }
      // Differences from the first: a running sum of large numbers that are nearly equal loses what they differ by.
      let (count, sum) = values.withUnsafeBufferPointer { values in
        values.reduce(into: (0.0, 0.0)) { if $1.isFinite { $0 = ($0.0 + 1, $0.1 + ($1 - first)) } }
      }
      let fromFirst = sum / count
      let squares = values.withUnsafeBufferPointer { values in
        values.reduce(0.0) { $1.isFinite ? $0 + ($1 - first - fromFirst) * ($1 - first - fromFirst) : $0 }
      }
      var (mean, deviation) = (first + fromFirst, (squares / count).squareRoot())
      if !mean.isFinite || !deviation.isFinite || deviation < 0x1p-400 {
        // Values near the ends of float64.
        let finite = values.lazy.filter(\.isFinite)
        (mean, deviation) = (finite.stableMean, finite.stableDeviation)
      }
      guard deviation > 0 else { return nil }
      (self.values, self.mean, self.deviation, middle) = (values, mean, deviation, Self.middle(values) ?? mean)
    }

    /// The median of a few numbers from all over the column.
    private static func middle(_ values: [Double]) -> Double? {
      let step = max(1, values.count / 31)
      let some = stride(from: 0, to: values.count, by: step).map { values[$0] }.filter(\.isFinite).sorted()
      return some.isEmpty ? nil : some[some.count / 2]
    }

    func standardised(_ value: Double) -> Float {
      let value = value.isFinite ? value : mean
      let difference = value - middle
      return Float(difference.isFinite ? difference / deviation : (value / 2 - middle / 2) / (deviation / 2))
    }
  }

  /// Standardises the columns.
  ///
  /// - Throws: ``DiagnosisError`` (`constant`) when no column varies.
  /// - Precondition: all columns have the same number of rows.
  /// - Complexity: O(rows x columns).
  public init(_ columns: [[Double]]) throws(DiagnosisError) {
    let rows = columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == rows }, "columns of different lengths")
    let features = columns.compactMap(Feature.init)
    guard !features.isEmpty else {
      throw DiagnosisError(.constant, "no column has two different numbers", remedy: "Ask for columns with numbers that vary over the rows")
    }
    let width = features.count
    values = [Float](unsafeUninitializedCapacity: rows * width) { buffer, count in
      // Some rows of all columns at a time: what is written stays in the cache until its lines are full.
      for start in stride(from: 0, to: rows, by: Self.rowsAtOnce) {
        let end = min(rows, start + Self.rowsAtOnce)
        for (place, feature) in features.enumerated() {
          feature.values.withUnsafeBufferPointer { values in
            for row in start..<end {
              buffer[row * width + place] = feature.standardised(values[row])
            }
          }
        }
      }
      count = rows * width
    }
    self.columns = width
  }

  private static let rowsAtOnce = 64

  /// The rows nearest to `row`, itself not among them; as ``NearestNeighbours``.
  public func nearest(to row: Int, count: Int) -> [Neighbour] {
    values.withUnsafeBufferPointer { NearestNeighbours.of(row: row, in: MatrixView($0, columns: columns), count: count) }
  }
}
