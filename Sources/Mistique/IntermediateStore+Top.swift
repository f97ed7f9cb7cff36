import MistiqueStorage

extension IntermediateStore {
  /// TOPK (paper section 5): the `k` rows that score highest, exactly, ties included.
  ///
  ///     let most = try store.topRows(["cifar10.vgg16.layer4.n35_7_7"], k: 10)
  ///     let region = try store.topRows(["cifar10.vgg16.layer4.n35_2-5_0-7"], k: 10, by: .mean)
  ///     let group = try store.topRows(["cifar10.vgg16.layer21.n3", "cifar10.vgg16.layer21.n8"], k: 10, by: .sum)
  ///
  /// Of an intermediate in rungs the base is searched, and the exact values are fetched of those rows alone that could be among the best: read from the
  /// residual, or re-run where it was given back. Of any other, all rows are fetched; of one that is stored quantized, as its policy keeps it.
  ///
  /// - Parameters:
  ///   - keys: columns of one intermediate of a network; of a whole map (`n35`) or a rectangle of it (`n35_2-5_0-7`) each place is one.
  ///   - rows: those that are searched.
  ///   - smallest: the lowest scores instead, in rising order.
  ///   - plan: how exact values are fetched.
  ///   - isCancelled: as in `getIntermediates`.
  /// - Complexity: reads the base of the columns' frames, and the frames of the candidates.
  /// - Throws: as `getIntermediates`; `invalid` for keys of several intermediates and for pipelines.
  public func topRows(
    _ keys: [String], k: Int, by score: RowScore = .maximum, smallest: Bool = false, rows: RowRequest = .all,
    plan: QueryPlan.Preference = .automatic, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> TopRows {
    try searching(keys, rows, plan, isCancelled) { reader, question, fetch in
      try reader.top(k, of: question, by: score, smallest: smallest, fetch: fetch)
    }
  }

  /// COL_DIST (paper section 5): how many rows score within each of several ranges, exactly.
  ///
  ///     let found = try store.distribution(["cifar10.vgg16.layer4.n35"], edges: [0, 0.5, 1, 2], by: .mean)
  ///
  /// Of an intermediate in rungs the base is searched, and the exact values are fetched of those rows alone whose bin it leaves open. Of any other, all
  /// rows are fetched.
  ///
  /// - Parameters:
  ///   - keys: as `topRows`.
  ///   - edges: of the bins, ascending.
  ///   - rows: those that are counted.
  ///   - plan: how exact values are fetched.
  ///   - isCancelled: as in `getIntermediates`.
  /// - Complexity: as `topRows`.
  /// - Throws: as `topRows`; `invalid` for edges that do not ascend.
  public func distribution(
    _ keys: [String], edges: [Double], by score: RowScore = .mean, rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ScoreDistribution {
    let bins = try ScoreBins(edges, at: keys.joined(separator: ", "))
    return try searching(keys, rows, plan, isCancelled) { reader, question, fetch in
      try reader.distribution(bins, of: question, by: score, fetch: fetch)
    }
  }

  /// Calls `body` with the question that keys of one intermediate ask, and with what fetches rows of it exactly.
  private func searching<Found>(
    _ keys: [String], _ rows: RowRequest, _ plan: QueryPlan.Preference, _ isCancelled: @escaping @Sendable () -> Bool,
    _ body: (ChunkReader, Question, _ fetch: (RowRequest) throws -> IntermediateResult) throws -> Found
  ) throws -> Found {
    let parsed = try keys.map { try IntermediateKey($0) }
    return try opened.whileReading { hold in
      let questions = try opened.questions(parsed, rows: rows)
      guard questions.count == 1 else {
        throw StoreError(
          .invalid, "\(keys.count) keys name \(questions.count) intermediates", at: keys.joined(separator: ", "),
          remedy: "Name columns of one intermediate.")
      }
      let reader = ChunkReader(opened: opened, isCancelled: isCancelled)
      // Whatever is stored quantized has no exact scores: as the policy keeps it, then.
      return try reader.explaining(questions[0]) {
        try body(reader, questions[0]) { rows in
          try reader.answer([questions[0].of(rows)], preference: plan, hold)[0]
        }
      }
    }
  }

  /// The rows that may be among the `k` best, by the base of an intermediate in rungs alone: what `topRows` fetches exactly.
  ///
  /// - Parameter isCancelled: as in `getIntermediates`.
  /// - Returns: `nil` where there is no base to search.
  /// - Throws: as `topRows`.
  public func topCandidates(
    _ keys: [String], k: Int, by score: RowScore = .maximum, smallest: Bool = false, rows: RowRequest = .all,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CandidateRows? {
    let parsed = try keys.map { try IntermediateKey($0) }
    return try opened.whileReading { _ in
      let questions = try opened.questions(parsed, rows: rows)
      guard questions.count == 1, k > 0 else { return nil }
      let reader = ChunkReader(opened: opened, isCancelled: isCancelled)
      return try reader.explaining(questions[0]) { try reader.topCandidates(k, of: questions[0], by: score, smallest: smallest) }
    }
  }

  /// KNN (paper section 5) on an intermediate in rungs: the rows that may be among the `k` nearest to `row` by Euclidean distance, found by its base alone. The
  /// exact nearest are among them, ties included; their distances are yours to compare.
  ///
  /// - Parameters:
  ///   - keys: columns of one intermediate of a network.
  ///   - rows: those that are searched; `row` itself is never in the answer.
  ///   - plan: how the exact values of `row` are fetched.
  /// - Returns: `nil` where there is no base to search: the intermediate is not stored in rungs.
  /// - Complexity: reads the base of the columns' frames, and one row exactly.
  /// - Throws: as `topRows`.
  public func neighbourCandidates(
    _ keys: [String], of row: Int64, k: Int, rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CandidateRows? {
    let parsed = try keys.map { try IntermediateKey($0) }
    return try opened.whileReading { hold in
      let questions = try opened.questions(parsed, rows: rows)
      guard questions.count == 1, k > 0 else { return nil }
      let reader = ChunkReader(opened: opened, isCancelled: isCancelled)
      return try reader.explaining(questions[0]) {
        try reader.neighbourCandidates(k, of: row, questions[0]) { rows in
          try reader.answer([questions[0].of(rows)], preference: plan, hold)[0]
        }
      }
    }
  }
}
