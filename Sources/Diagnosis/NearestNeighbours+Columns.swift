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
    // In a unit in which the squares of the largest differences are far from both ends of float64. A power of two rounds nothing.
    let unit = Self.unit(of: columns, row: row)
    // A difference may be infinite where that of halves is not.
    let part = unit < 1 ? 0.5 : 1
    let scale = unit / part
    var squares = [Double](repeating: 0, count: rows)
    for column in columns {
      let query = column[row] * part
      for place in squares.indices {
        let difference = (column[place] * part - query) * scale
        squares[place] += difference * difference
      }
    }
    var nearest = NearestList(capacity: count)
    for place in squares.indices where place != row { nearest.insert(squares[place], row: place) }
    return nearest.neighbours.map { Neighbour(row: $0.row, distance: $0.distance / unit) }
  }

  /// 1, unless the largest difference is very large or very small.
  private static func unit(of columns: [[Double]], row: Int) -> Double {
    var largest = 0.0
    for column in columns {
      let query = column[row] / 2
      for value in column where value.isFinite { largest = max(largest, abs(value / 2 - query)) }
    }
    guard largest.isFinite, largest > 0, abs(largest.exponent) > 400 else { return 1 }
    return Double(sign: .plus, exponent: min(max(-Int(largest.exponent), -1_000), 1_000), significand: 1)
  }
}
