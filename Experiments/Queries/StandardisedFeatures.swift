import Diagnosis
import Mistique

/// All numeric columns of a frame as rows to be compared, each column less its mean and over its standard deviation: otherwise the columns
/// with the largest unit, such as coordinates in millionths of a degree, would decide alone which homes are alike.
struct StandardisedFeatures {
  private let values: [Float]
  private let columns: Int

  /// A column with the two numbers that standardise it.
  private struct Feature {
    let values: [Double]
    let mean: Double
    let deviation: Double

    /// `nil` for a column that does not vary, or has no number: it says nothing about which rows are alike.
    init?(_ column: Column) {
      guard let values = column.doubles else { return nil }
      let (count, sum) = values.withUnsafeBufferPointer { values in
        values.reduce(into: (0.0, 0.0)) { if $1.isFinite { $0 = ($0.0 + 1, $0.1 + $1) } }
      }
      let mean = sum / count
      let squares = values.withUnsafeBufferPointer { values in
        values.reduce(0.0) { $1.isFinite ? $0 + ($1 - mean) * ($1 - mean) : $0 }
      }
      let deviation = (squares / count).squareRoot()
      guard deviation > 0 else { return nil }  // NaN for a column without a number
      (self.values, self.mean, self.deviation) = (values, mean, deviation)
    }
  }

  /// A gap is taken as the column's mean.
  /// - Throws: `UnexpectedIntermediate` when no column varies.
  init(_ result: IntermediateResult) throws {
    let rows = result.rowIDs.count
    let features = (result.frame?.columns ?? []).compactMap(Feature.init)
    guard !features.isEmpty else { throw UnexpectedIntermediate(intermediate: result.intermediate, need: "a frame with numbers that vary") }
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
    columns = width
  }

  private static let rowsAtOnce = 64

  /// The rows nearest to `row`, itself not among them.
  func nearest(to row: Int, count: Int) -> [Neighbour] {
    values.withUnsafeBufferPointer { NearestNeighbours.of(row: row, in: MatrixView($0, columns: columns), count: count) }
  }
}
