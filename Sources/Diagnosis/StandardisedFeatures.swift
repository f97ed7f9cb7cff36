/// Columns as rows to be compared, each column less its mean and over its standard deviation: otherwise the columns with the largest unit, such as
/// coordinates in millionths of a degree, would decide alone which rows are alike.
///
/// A value that is NaN or infinite is taken as its column's mean. A column without two different numbers says nothing about which rows are alike and is
/// left out. Values are float32 from then on.
public struct StandardisedFeatures: Sendable {
  private let values: [Float]
  /// How many columns were kept; at least one.
  public let columns: Int

  /// A column with the two numbers that standardise it.
  private struct Feature {
    let values: [Double]
    let mean: Double
    let deviation: Double

    /// `nil` for a column that does not vary, or has no number.
    init?(_ values: [Double]) {
      // By the values themselves: the mean of equal ones may be rounded, and then each is a little off it.
      guard let first = values.first(where: \.isFinite), values.contains(where: { $0.isFinite && $0 != first }) else { return nil }
      let (count, sum) = values.withUnsafeBufferPointer { values in
        values.reduce(into: (0.0, 0.0)) { if $1.isFinite { $0 = ($0.0 + 1, $0.1 + $1) } }
      }
      var mean = sum / count
      let squares = values.withUnsafeBufferPointer { values in
        values.reduce(0.0) { $1.isFinite ? $0 + ($1 - mean) * ($1 - mean) : $0 }
      }
      var deviation = (squares / count).squareRoot()
      if !mean.isFinite || !deviation.isFinite || deviation < 0x1p-400 {
        // Values near the ends of float64.
        let finite = values.lazy.filter(\.isFinite)
        mean = finite.stableMean
        deviation = finite.deviation(from: mean)
      }
      guard deviation > 0 else { return nil }
      (self.values, self.mean, self.deviation) = (values, mean, deviation)
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
              let value = values[row]
              buffer[row * width + place] = value.isFinite ? Float((value - feature.mean) / feature.deviation) : 0
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
