import MistiqueStorage

/// COL_DIST on a ladder: the exact score of a row lies between two bounds (``ScoreBounds``). Where these are in one bin its exact value is not needed.
extension ChunkReader {
  /// - Parameter fetch: answers a question exactly.
  func distribution(
    _ bins: ScoreBins, of question: Question, by score: RowScore, fetch: (RowRequest) throws -> IntermediateResult
  ) throws -> ScoreDistribution {
    var counter = Counter(bins)
    guard let base = try searchedBase(question) else {
      let all = try fetch(question.rows)
      try Self.scores(all, score, question).forEach { counter.add($0) }
      return counter.distribution(candidates: all.rowIDs.count, choice: all.plan.choice, searched: all.cost, refined: .init())
    }
    let near = Self.scores(base.matrix, score)
    let bounds = try ScoreBounds(of: base, near, score, in: opened.store)
    var open: [Int64] = []
    for (place, (lower, upper)) in zip(bounds.lower, bounds.upper).enumerated() {
      // A row without a score is in no bin.
      if !lower.isNaN, bins.bin(lower) != bins.bin(upper) { open.append(base.rowIDs[place]) } else { counter.add(lower) }
    }
    let searched = base.cost
    guard !open.isEmpty else { return counter.distribution(candidates: 0, choice: .read, searched: searched, refined: .init()) }
    let exact = try fetch(.ids(open))
    try Self.scores(exact, score, question).forEach { counter.add($0) }
    return counter.distribution(candidates: open.count, choice: exact.plan.choice, searched: searched, refined: exact.cost)
  }

  private struct Counter {
    let bins: ScoreBins
    var counts: [Int]
    var (below, above, withoutScore) = (0, 0, 0)

    init(_ bins: ScoreBins) {
      self.bins = bins
      counts = Array(repeating: 0, count: bins.edges.count - 1)
    }

    mutating func add(_ score: Double) {
      guard !score.isNaN else {
        withoutScore += 1
        return
      }
      switch bins.bin(score) {
      case ..<0: below += 1
      case counts.count...: above += 1
      case let bin: counts[bin] += 1
      }
    }

    func distribution(candidates: Int, choice: QueryPlan.Choice, searched: QueryCost, refined: QueryCost) -> ScoreDistribution {
      ScoreDistribution(
        counts: counts, below: below, above: above, withoutScore: withoutScore, candidates: candidates, choice: choice, searched: searched,
        refined: refined)
    }
  }
}
