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
    let squares = Self.squares(of: Array(0..<rows), from: row, columns, scale: 1)
    // Squares of very small differences are lost, and those of very large ones infinite: such rows, and equal ones, are looked at again in a unit of their own.
    // A power of two rounds nothing. The first are nearer than all others, the last farther.
    let (small, large) = (0x1p-900, 0x1p600)
    let lost = (0..<rows).filter { squares[$0] < small && $0 != row }
    let infinite = (0..<rows).filter { squares[$0] == .infinity && $0 != row }
    let near = nearest(lost, Self.squares(of: lost, from: row, columns, scale: large), count, unit: large)
    let middle = (0..<rows).filter { squares[$0] >= small && $0 != row }
    let others = near.count < count ? nearest(middle, middle.map { squares[$0] }, count, unit: 1) : []
    let far =
      near.count + others.count < count
      ? nearest(infinite, Self.squares(of: infinite, from: row, columns, scale: 1 / large), count, unit: 1 / large) : []
    return Array((near + others + far).prefix(count))
  }

  /// Of each of `places` the sum over the columns of (`scale` x difference)^2.
  private static func squares(of places: [Int], from row: Int, _ columns: [[Double]], scale: Double) -> [Double] {
    // A difference may be infinite where that of halves is not.
    let part = scale < 1 ? 0.5 : 1
    let whole = scale / part
    var squares = [Double](repeating: 0, count: places.count)
    for column in columns {
      let query = column[row] * part
      for (index, place) in places.enumerated() {
        let difference = (column[place] * part - query) * whole
        squares[index] += difference * difference
      }
    }
    return squares
  }

  private static func nearest(_ places: [Int], _ squares: [Double], _ count: Int, unit: Double) -> [Neighbour] {
    var nearest = NearestList(capacity: count)
    for (place, square) in zip(places, squares) { nearest.insert(square, row: place) }
    return nearest.neighbours.map { Neighbour(row: $0.row, distance: $0.distance / unit) }
  }
}
