extension NearestNeighbours {
  /// The neighbours of one row by columns of float64, which are compared as they are.
  ///
  /// - Parameters:
  ///   - row: the position of the query.
  ///   - columns: what is compared; a row with NaN in any of them is nobody's neighbour.
  ///   - count: how many neighbours to find; the row is not its own.
  /// - Precondition: all columns have the same number of rows.
  /// - Complexity: O(rows x columns).
  public static func of(row: Int, columns: [[Double]], count: Int) -> [Neighbour] {
    let rows = columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == rows } && (0..<rows).contains(row), "row \(row) of columns of \(rows)")
    var squares = [Double](repeating: 0, count: rows)
    for column in columns {
      let query = column[row]
      for place in squares.indices {
        let difference = column[place] - query
        squares[place] += difference * difference
      }
    }
    var nearest = NearestList(capacity: count)
    for place in squares.indices where place != row { nearest.insert(squares[place], row: place) }
    return nearest.neighbours
  }
}
