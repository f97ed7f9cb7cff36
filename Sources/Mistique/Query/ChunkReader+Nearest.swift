import MistiqueStorage

/// KNN on a ladder: its base says which rows could be among the nearest.
///
/// No value of the base errs by more than e. Where it is d from the exact row, it was between d - e, at least 0, and d + e: both are added up, squared, for each
/// row. A row that is further away at least than the k-th nearest can be at most is not among the nearest k. Most values of a layer are near those of other
/// rows, so that this leaves fewer rows open than the triangle inequality, by which a row of n values is e x sqrt(n) from where it was.
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
    let distances = target.withValues { target in
      matrix.withValues { values in
        (0..<matrix.rows).map { row in
          Self.distance(UnsafeBufferPointer(rebasing: values[row * matrix.columns..<(row + 1) * matrix.columns]), target, error)
        }
      }
    }
    let others = matrix.rows == 0 ? [] : (0..<matrix.rows).filter { base.rowIDs[$0] != row }
    let furthest = others.map { distances[$0].most }.filter { !$0.isNaN }.sorted().prefix(k).last ?? .infinity
    let isAll = others.count <= k
    // What is not comparable is left to whoever compares.
    let found = others.filter { isAll || distances[$0].least.isNaN || distances[$0].least <= furthest }
    return CandidateRows(
      rowIDs: found.map { base.rowIDs[$0] }, rows: matrix.rows, withoutScore: 0, cost: base.cost, receipt: question.model.receiptMark)
  }

  /// The squared distance of a row to an exact one, at least and at most, if each value errs by at most `error`.
  private static func distance(
    _ row: UnsafeBufferPointer<Float>, _ target: UnsafeBufferPointer<Float>, _ error: Double
  ) -> (least: Double, most: Double) {
    // Differences round: of values up to 2^13 errors apart by less than this widens the error, and of others by less than a part of themselves.
    let error = error * (1 + 0x1p-40)
    var (least, most) = (0.0, 0.0)
    for place in row.indices {
      let difference = abs(Double(row[place]) - Double(target[place]))
      let (near, far) = (difference - error, difference + error)
      // Of NaN neither is a number.
      least += near <= 0 ? 0 : near * near
      most += far * far
    }
    // Sums of n squares in double err by less than this part of themselves.
    let rounding = Double(row.count + 8) * 0x1p-52
    return (least * (1 - rounding), most * (1 + rounding))
  }
}
