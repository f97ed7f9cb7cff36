import Diagnosis
import Mistique

/// All numeric columns of a frame as rows to be compared, each column less its mean and over its standard deviation: otherwise the columns with the
/// largest unit, such as coordinates in millionths of a degree, would decide alone which homes are alike.
struct StandardisedFeatures {
  private let values: [Float]
  private let columns: Int

  /// A gap is taken as the column's mean. A column that does not vary tells nothing and is left out.
  /// - Throws: `UnexpectedIntermediate` when no column is left.
  init(_ result: IntermediateResult) throws {
    let rows = result.rowIDs.count
    let numbers = (result.frame?.columns.compactMap(\.doubles) ?? []).compactMap(Self.standardised)
    guard !numbers.isEmpty else { throw UnexpectedIntermediate(intermediate: result.intermediate, need: "a frame with numbers that vary") }
    let width = numbers.count
    values = [Float](unsafeUninitializedCapacity: rows * width) { buffer, count in
      for (place, column) in numbers.enumerated() {
        for row in 0..<rows { buffer[row * width + place] = column[row] }
      }
      count = rows * width
    }
    columns = width
  }

  private static func standardised(_ column: [Double]) -> [Float]? {
    var (sum, count) = (0.0, 0.0)
    for value in column where value.isFinite { (sum, count) = (sum + value, count + 1) }
    let mean = sum / count
    let squares = column.reduce(0.0) { $1.isFinite ? $0 + ($1 - mean) * ($1 - mean) : $0 }
    let deviation = (squares / count).squareRoot()
    guard deviation > 0 else { return nil }  // NaN for a column without a number
    return column.map { $0.isFinite ? Float(($0 - mean) / deviation) : 0 }
  }

  /// The rows nearest to `row`, itself not among them.
  func nearest(to row: Int, count: Int) -> [Neighbour] {
    values.withUnsafeBufferPointer { NearestNeighbours.of(row: row, in: MatrixView($0, columns: columns), count: count) }
  }
}
