import Dispatch

/// A row and how far it is from the one asked about.
public struct Neighbour: Sendable, Hashable {
  public let row: Int
  /// Euclidean, in the unit of the values.
  public let distance: Double

  public init(row: Int, distance: Double) {
    self.row = row
    self.distance = distance
  }
}

/// KNN (paper table 2): the examples nearest to an example by Euclidean distance, e.g. the 50 of table 3.
///
/// The answer is exact: that of float64 distances of the float32 values. Nearest come first and ties go to the smaller row. Rows that hold
/// NaN or infinity are never among them, and a query that does has no neighbours. Fewer than `count` come back when there are fewer rows.
///
/// One query reads the matrix once and computes in float64 on all cores: 17 to 25 GB/s on two cores of an EPYC (Zen 4), which only read at
/// 33 to 52; that is 4 ms for 50,000 rows of 512 columns. From eight queries on their distances are estimated by matrix products (see
/// `BlockedNeighbours`, up to 100 GFLOP/s).
///
/// Memory besides the matrix: 8 bytes a row for one query; for many 64 MB at the most and 7 MB besides, however many rows there are, and
/// the answer.
public enum NearestNeighbours {
  /// From this many queries on, distances are first estimated by matrix products.
  static let blockedQueries = 8

  /// The neighbours of one row.
  ///
  /// - Parameter includingItself: whether the row is its own neighbour, at distance 0.
  /// - Complexity: O(rows x columns).
  public static func of(row: Int, in matrix: MatrixView, count: Int, includingItself: Bool = false) -> [Neighbour] {
    of(rows: [row], in: matrix, count: count, includingItself: includingItself)[0]
  }

  /// The neighbours of each of several rows, in their order.
  ///
  /// - Complexity: O(queries x rows x columns).
  public static func of(rows: [Int], in matrix: MatrixView, count: Int, includingItself: Bool = false) -> [[Neighbour]] {
    let queries = rows.map { Query(values: matrix.start(ofRow: $0), excluded: includingItself ? nil : $0) }
    return search(queries, in: matrix, count: count)
  }

  /// The neighbours of rows of another matrix, e.g. of new examples.
  ///
  /// - Precondition: both matrices have the same number of columns.
  /// - Complexity: O(queries x rows x columns).
  public static func of(queries: MatrixView, in matrix: MatrixView, count: Int) -> [[Neighbour]] {
    precondition(queries.columns == matrix.columns, "queries of \(queries.columns) columns for a matrix of \(matrix.columns)")
    return search((0..<queries.rows).map { Query(values: queries.start(ofRow: $0), excluded: nil) }, in: matrix, count: count)
  }

  /// The share of neighbours that two answers have in common (paper table 3), whatever their order: of the rows of the longer answer, 1 if
  /// both are empty. A row counts once.
  public static func overlap(_ first: [Neighbour], _ second: [Neighbour]) -> Double {
    let (rows, others) = (Set(first.map(\.row)), Set(second.map(\.row)))
    let longer = max(rows.count, others.count)
    return longer == 0 ? 1 : Double(rows.intersection(others).count) / Double(longer)
  }

  struct Query {
    let values: UnsafePointer<Float>
    let excluded: Int?
  }

  private static func search(_ queries: [Query], in matrix: MatrixView, count: Int) -> [[Neighbour]] {
    precondition(count >= 0, "\(count) neighbours")
    guard count > 0, matrix.rows > 0 else { return queries.map { _ in [] } }
    guard queries.count >= blockedQueries else { return queries.map { direct($0, in: matrix, count: count) } }
    return BlockedNeighbours(matrix, count: count).search(queries)
  }

  private static func direct(_ query: Query, in matrix: MatrixView, count: Int) -> [Neighbour] {
    // About a megabyte at a time: enough to pay for the hand-over.
    let step = max(1, 262_144 / matrix.columns)
    let distances = [Double](unsafeUninitializedCapacity: matrix.rows) { buffer, initialized in
      nonisolated(unsafe) let (buffer, matrix, query) = (buffer, matrix, query)
      DispatchQueue.concurrentPerform(iterations: (matrix.rows + step - 1) / step) { part in
        for row in part * step..<min(matrix.rows, (part + 1) * step) {
          buffer[row] = squaredDistance(query.values, matrix.start(ofRow: row), count: matrix.columns)
        }
      }
      initialized = matrix.rows
    }
    var nearest = NearestList(capacity: count)
    for row in distances.indices where row != query.excluded { nearest.insert(distances[row], row: row) }
    return nearest.neighbours
  }
}
