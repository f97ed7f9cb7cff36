/// Room for the products of a block of queries with a block of rows: 7 MB for 256 queries and 1,024 rows.
struct NearestEstimates {
  let queries: Int
  let rows: Int
  /// Row-major, a row for each query.
  private(set) var products: [Double]
  /// The same of a part of the columns.
  var part: [Float]
  /// The part's centred rows.
  var panel: [Float]
  /// Squared lengths of the rows.
  var squares: [Double]
  /// Lengths of the rows, set by ``setLengths()``.
  private var lengths: [Double] = []

  init(queries: Int, rows: Int) {
    self.queries = queries
    self.rows = rows
    products = Array(repeating: 0, count: queries * rows)
    part = Array(repeating: 0, count: queries * rows)
    panel = Array(repeating: 0, count: rows * BlockedNeighbours.columnsOfPart)
    squares = Array(repeating: 0, count: rows)
  }

  mutating func reset() {
    for place in products.indices { products[place] = 0 }
    for place in squares.indices { squares[place] = 0 }
  }

  mutating func addPart() {
    products.withUnsafeMutableBufferPointer { products in
      part.withUnsafeBufferPointer { part in
        for place in 0..<products.count { products[place] += Double(part[place]) }
      }
    }
  }

  /// To be called when all parts are added.
  mutating func setLengths() { lengths = squares.map { $0.squareRoot() } }

  /// The estimated squared distances of a query, itself of this squared length, from each row, and the bounds of their errors.
  func distances(fromQuery query: Int, ofSquare querySquare: Double, underflow: Double) -> [(estimate: Double, error: Double)] {
    let length = querySquare.squareRoot()
    return [(estimate: Double, error: Double)](unsafeUninitializedCapacity: rows) { buffer, initialized in
      products.withUnsafeBufferPointer { products in
        for row in 0..<rows {
          let reach = length + lengths[row]
          let estimate = querySquare + squares[row] - 2 * products[query * rows + row]
          buffer[row] = (estimate, BlockedNeighbours.relativeError * reach * reach + underflow)
        }
      }
      initialized = rows
    }
  }
}
