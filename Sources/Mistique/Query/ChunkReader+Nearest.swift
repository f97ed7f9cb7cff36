import MistiqueStorage

/// KNN on a ladder: its base says which rows could be among the nearest.
///
/// No value of the base errs by more than e, so a row of n values is at most e x sqrt(n) away from what it was, and the distances to an exact row differ by no more
/// than that (the triangle inequality). A row that is further away than the k-th nearest can be is not among the nearest k.
extension ChunkReader {
  /// The rows that may be among the `k` nearest to `row` by Euclidean distance, itself left out; `nil` for an intermediate that is not in rungs.
  ///
  /// - Parameter exact: the exact values of `row`.
  func neighbourCandidates(
    _ k: Int, of row: Int64, _ question: Question, exact: (RowRequest) throws -> IntermediateResult
  ) throws -> CandidateRows? {
    guard let base = try searchedBase(question) else { return nil }
    let (matrix, error) = (base.matrix, base.error)
    guard let target = try exact(.ids([row])).matrix else { preconditionFailure("only maps are in rungs") }
    let squares = target.withValues { target in
      matrix.withValues { values in
        (0..<matrix.rows).map { row in
          var sum = 0.0
          for column in 0..<matrix.columns {
            let difference = Double(values[row * matrix.columns + column]) - Double(target[column])
            sum += difference * difference
          }
          return sum
        }
      }
    }
    // Sums of n squares in double, and the root, err by less than this part of themselves.
    let rounding = Double(matrix.columns + 4) * 0x1p-52
    let slack = error * Double(matrix.columns).squareRoot() * (1 + rounding)
    let distances = squares.map { $0.squareRoot() }
    let others = matrix.rows == 0 ? [] : (0..<matrix.rows).filter { base.rowIDs[$0] != row }
    let furthest = others.map { distances[$0] * (1 + rounding) + slack }.filter { !$0.isNaN }.sorted().prefix(k).last ?? .infinity
    let isAll = others.count <= k
    // What is not comparable is left to whoever compares.
    let found = others.filter { isAll || distances[$0].isNaN || distances[$0] * (1 - rounding) - slack <= furthest }
    return CandidateRows(
      rowIDs: found.map { base.rowIDs[$0] }, rows: matrix.rows, withoutScore: 0, cost: base.cost)
  }
}
