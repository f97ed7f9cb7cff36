import Dispatch

/// A row and its distance from the query.
public struct Neighbour: Sendable, Hashable {
  /// Its position in the searched matrix, from 0.
  public let row: Int
  /// Euclidean, in the unit of the values.
  public let distance: Double

  package init(row: Int, distance: Double) {
    self.row = row
    self.distance = distance
  }
}

/// KNN (paper table 2): the examples nearest to an example by Euclidean distance, e.g. the 50 of table 3.
///
/// The answer is exact: that of float64 distances of the float32 values. The nearest comes first; ties go to the smaller row. A row that holds
/// NaN or infinity is nobody's neighbour, and as a query it has none. Fewer than `count` neighbours come back when there are fewer rows.
///
/// One query reads the matrix once and computes in float64 on all cores: 17 to 25 GB/s on two cores of an EPYC (Zen 4), which only read at
/// 33 to 52; that is 4 ms for 50,000 rows of 512 columns. From eight queries on, distances are first estimated by matrix products (see
/// `BlockedNeighbours`, up to 100 GFLOP/s).
///
/// Memory besides the matrix and the answer: 8 bytes per row for one query; for many queries at most 71 MB, however many rows there are.
public enum NearestNeighbours {
  /// From this many queries on, distances are first estimated by matrix products.
  static let blockedQueries = 8
  /// A block of queries copies each list once a block of rows: longer ones are searched for one after the other.
  static let longList = 1_000

  /// The neighbours of one row.
  ///
  /// - Parameters:
  ///   - row: the position of the query in the matrix.
  ///   - matrix: what is searched.
  ///   - count: how many neighbours to find.
  ///   - includingItself: whether the row is its own neighbour, at distance 0.
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

  /// The share of neighbours that two answers have in common, in any order (paper table 3): common rows over the rows of the longer answer.
  /// A row counts once. 1 when both are empty.
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
    guard queries.count >= blockedQueries, count <= longList else { return queries.map { direct($0, in: matrix, count: count) } }
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
