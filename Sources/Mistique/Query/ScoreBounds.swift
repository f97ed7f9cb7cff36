import MistiqueStorage

/// What the exact scores of a searched base's rows are at least and at most; NaN for a row without a score.
///
/// The base gives the score of values that may be off. What the RowBlock's ColumnChunks say of their smallest and largest value bounds it too, and often better: of a
/// neuron that is dead in a whole RowBlock, whose values are all 0, both bounds are the exact score.
struct ScoreBounds {
  let lower: [Double]
  let upper: [Double]

  /// Of more columns the statistics say too little to be worth looking up.
  private static let mostColumns = 1_024

  init(of base: ChunkReader.SearchedBase, _ near: [Double], _ score: RowScore, in store: DataStore) throws {
    let slack = score.error(of: base)
    // What is not finite is of frames in one piece, and exact. A bound near the largest number says nothing.
    var lower = near.map { $0.isFinite ? (slack.isFinite ? $0 - slack : -.infinity) : $0 }
    var upper = near.map { $0.isFinite ? (slack.isFinite ? $0 + slack : .infinity) : $0 }
    if base.matrix.columns <= Self.mostColumns {
      // Scores are sums and maxima in one order of the columns, and rounding keeps order: that of the smallest values is not above any other.
      let extremes = try store.extremes(of: base.plan)
      let least = extremes.lowest.map { $0.withUnsafeBufferPointer(score.score) }
      let most = extremes.highest.map { $0.withUnsafeBufferPointer(score.score) }
      for place in near.indices where near[place].isFinite {
        let block = base.plan.rows.row(at: place) / extremes.rowsPerBlock
        // Infinities of both signs have no sum.
        if least[block] > lower[place] { lower[place] = least[block] }
        if most[block] < upper[place] { upper[place] = most[block] }
      }
    }
    (self.lower, self.upper) = (lower, upper)
  }

  /// Places of the rows that may be among the `k` best, ascending. The others are behind k rows for certain, of equal scores behind earlier rows.
  func candidates(_ k: Int, smallest: Bool) -> [Int] {
    // Of the smallest, the best are those whose negative is largest.
    let (atLeast, atMost) = smallest ? (upper.map { -$0 }, lower.map { -$0 }) : (lower, upper)
    let scored = atLeast.indices.filter { !atLeast[$0].isNaN }
    guard scored.count > k else { return scored }
    // The k rows that score most for certain: all above this, and the first of those at it.
    let edge = scored.map { atLeast[$0] }.sorted(by: >)[k - 1]
    let above = scored.count { atLeast[$0] > edge }
    let last = scored.lazy.filter { atLeast[$0] == edge }.prefix(k - above).reduce(0) { $1 }
    return scored.filter { atMost[$0] > edge || (atMost[$0] == edge && $0 <= last) }
  }
}
