import COpenBLAS
import Dispatch

/// Neighbours of many queries: an estimate of every distance by matrix products in float32, with a bound of its error, then float64
/// distances of those rows only that the bound does not rule out.
///
/// With c the mean of the queries, a = query - c and b = row - c in float32, the estimate is |a|² + |b|² - 2ab. Its error against the
/// distance of the original rows is at most 520 u (|a| + |b|)² with u = 2⁻²⁴: products are summed in float32 over at most 1,024 columns,
/// whose error is at most 1,024 u |a||b| in whatever order (Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1), and
/// taking c off rounds each value once. Where products may underflow a constant is added, and what overflows is computed directly.
///
/// 512 queries for 50 neighbours took 0.26 s in 50,000 rows of 512 columns, 0.86 s in 10,000 of 8,192 and 1.6 s in 2,000 of 65,536: 82 to
/// 100 GFLOP/s, where sgemm alone reached 175 on the same two cores (EPYC, Zen 4; OpenBLAS 0.3.21). With 64 columns it is 17 GFLOP/s, as
/// work on estimates outweighs products.
struct BlockedNeighbours {
  static let columnsOfPart = 1_024
  static let rowsOfBlock = 1_024
  static let relativeError = 520 * 0x1p-24

  private let matrix: MatrixView
  private let count: Int
  private let underflow: Double

  init(_ matrix: MatrixView, count: Int) {
    self.matrix = matrix
    self.count = count
    underflow = Double(matrix.columns) * 0x1p-124
  }

  func search(_ queries: [NearestNeighbours.Query]) -> [[Neighbour]] {
    // 64 MB of queries at most, but never so few that products are slow.
    let step = min(256, max(16, (16 << 20) / matrix.columns))
    return stride(from: 0, to: queries.count, by: step).flatMap { start in
      searchBlock(Array(queries[start..<min(queries.count, start + step)]))
    }
  }

  private func searchBlock(_ queries: [NearestNeighbours.Query]) -> [[Neighbour]] {
    let finite = queries.map { query in UnsafeBufferPointer(start: query.values, count: matrix.columns).allSatisfy(\.isFinite) }
    let centre = centre(of: zip(queries, finite).filter(\.1).map(\.0.values))
    var centred = [Float](repeating: 0, count: queries.count * matrix.columns)
    var squares = [Double](repeating: 0, count: queries.count)
    fill(&centred, &squares, rows: queries.map(\.values), columns: 0..<matrix.columns, centre: centre)

    var lists = queries.map { _ in NearestList(capacity: count) }
    var estimates = NearestEstimates(queries: queries.count, rows: Self.rowsOfBlock)
    for start in stride(from: 0, to: matrix.rows, by: Self.rowsOfBlock) {
      let rows = start..<min(matrix.rows, start + Self.rowsOfBlock)
      estimate(rows, against: centred, centre: centre, into: &estimates)
      lists.withUnsafeMutableBufferPointer { lists in
        // Each iteration writes the list of one query only.
        nonisolated(unsafe) let (lists, queries, this) = (lists, queries, self)
        let (estimates, squares) = (estimates, squares)
        DispatchQueue.concurrentPerform(iterations: queries.count) { place in
          guard finite[place] else { return }
          let distances = estimates.distances(fromQuery: place, ofSquare: squares[place], underflow: this.underflow)
          this.refine(&lists[place], queries[place], rows: rows, distances)
        }
      }
    }
    return lists.map(\.neighbours)
  }

  /// Puts into the list what of the rows belongs there.
  private func refine(
    _ list: inout NearestList, _ query: NearestNeighbours.Query, rows: Range<Int>, _ distances: [(estimate: Double, error: Double)]
  ) {
    // The list as it will be at the worst: what is no nearer at the best than its last cannot be in it.
    var worst = list
    for (row, (estimate, error)) in zip(rows, distances) where row != query.excluded { worst.insert(estimate + error, row: row) }
    let limit = worst.limit
    for (row, (estimate, error)) in zip(rows, distances) where row != query.excluded {
      let isKnown = estimate.isFinite && error.isFinite
      if isKnown, estimate - error > limit { continue }
      list.insert(squaredDistance(query.values, matrix.start(ofRow: row), count: matrix.columns), row: row)
    }
  }

  /// The products of a block of rows with the queries, and the rows' squared lengths, all of centred values.
  private func estimate(_ rows: Range<Int>, against queries: [Float], centre: [Float], into estimates: inout NearestEstimates) {
    estimates.reset()
    let starts = rows.map { matrix.start(ofRow: $0) }
    for first in stride(from: 0, to: matrix.columns, by: Self.columnsOfPart) {
      let columns = first..<min(matrix.columns, first + Self.columnsOfPart)
      fill(&estimates.panel, &estimates.squares, rows: starts, columns: columns, centre: centre)
      queries.withUnsafeBufferPointer { queries in
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, blasint(estimates.queries), blasint(rows.count), blasint(columns.count), 1,
          queries.baseAddress! + first, blasint(matrix.columns), estimates.panel, blasint(columns.count), 0, &estimates.part,
          blasint(estimates.rows))
      }
      estimates.addPart()
    }
    estimates.setLengths()
  }

  /// Copies centred values of a part, row-major, and adds their squares to those of their rows.
  private func fill(
    _ target: inout [Float], _ squares: inout [Double], rows: [UnsafePointer<Float>], columns: Range<Int>, centre: [Float]
  ) {
    target.withUnsafeMutableBufferPointer { target in
      squares.withUnsafeMutableBufferPointer { squares in
        centre.withUnsafeBufferPointer { centre in
          nonisolated(unsafe) let (target, squares, centre, rows) = (target, squares, centre, rows)
          DispatchQueue.concurrentPerform(iterations: (rows.count + 31) / 32) { part in
            for place in part * 32..<min(rows.count, part * 32 + 32) {
              squares[place] += centredCopy(
                rows[place] + columns.lowerBound, centre.baseAddress! + columns.lowerBound, count: columns.count,
                to: target.baseAddress! + place * columns.count)
            }
          }
        }
      }
    }
  }

  /// The mean of rows, so that what all have in common costs no precision; 0 of none.
  private func centre(of rows: [UnsafePointer<Float>]) -> [Float] {
    var sums = [Double](repeating: 0, count: matrix.columns)
    for row in rows {
      for column in 0..<matrix.columns { sums[column] += Double(row[column]) }
    }
    return sums.map { Float($0 / Double(max(1, rows.count))) }
  }
}

/// - Returns: the sum of the squares of what was written.
private func centredCopy(
  _ source: UnsafePointer<Float>, _ centre: UnsafePointer<Float>, count: Int, to target: UnsafeMutablePointer<Float>
) -> Double {
  var sums = SIMD8<Double>.zero
  var place = 0
  while place + 8 <= count {
    let value = UnsafeRawPointer(source + place).loadUnaligned(as: SIMD8<Float>.self)
    let centred = value - UnsafeRawPointer(centre + place).loadUnaligned(as: SIMD8<Float>.self)
    UnsafeMutableRawPointer(target + place).storeBytes(of: centred, as: SIMD8<Float>.self)
    let wide = SIMD8<Double>(centred)
    sums += wide * wide
    place += 8
  }
  var sum = sums.sum()
  while place < count {
    target[place] = source[place] - centre[place]
    sum += Double(target[place]) * Double(target[place])
    place += 1
  }
  return sum
}
