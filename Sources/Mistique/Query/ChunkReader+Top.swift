import MistiqueStorage

/// TOPK on a ladder: its base says which rows could be among the best, and the exact values of those alone decide.
///
/// The exact score of a row lies between two bounds (``ScoreBounds``). If t is the k-th largest of the lower ones, at least k rows score t or more: a row whose
/// upper bound is below t is not among the best k. Nor is one that can only tie with these k rows and comes after them. Every other may be, so that the answer is
/// that of reading everything.
extension ChunkReader {
  /// The `k` rows of the largest scores, or of the smallest; NaN is never among them.
  ///
  /// - Parameter fetch: answers a question exactly.
  func top(
    _ k: Int, of question: Question, by score: RowScore, smallest: Bool, fetch: (RowRequest) throws -> IntermediateResult
  ) throws -> TopRows {
    guard k > 0 else { return TopRows(rowIDs: [], scores: [], rows: 0, candidates: 0, choice: .read, searched: .init(), refined: .init()) }
    guard let found = try topCandidates(k, of: question, by: score, smallest: smallest) else {
      let all = try fetch(question.rows)
      let scores = try Self.scores(all, score, question)
      let best = Self.best(k, scores, smallest)
      return TopRows(
        rowIDs: best.map { all.rowIDs[$0] }, scores: best.map { scores[$0] }, rows: scores.count, candidates: scores.count,
        choice: all.plan.choice, searched: all.cost, refined: .init())
    }
    let ids = found.rowIDs
    guard !ids.isEmpty else {
      return TopRows(rowIDs: [], scores: [], rows: found.rows, candidates: 0, choice: .read, searched: found.cost, refined: .init())
    }
    let exact = try fetch(.ids(ids))
    let scores = found.inOrder(try Self.scores(exact, score, question), of: exact.rowIDs)
    let best = Self.best(k, scores, smallest)
    return TopRows(
      rowIDs: best.map { ids[$0] }, scores: best.map { scores[$0] }, rows: found.rows, candidates: ids.count,
      choice: exact.plan.choice, searched: found.cost, refined: exact.cost)
  }

  /// The rows that may be among the best, by the base alone; `nil` for an intermediate that is not in rungs.
  func topCandidates(_ k: Int, of question: Question, by score: RowScore, smallest: Bool) throws -> CandidateRows? {
    guard let base = try searchedBase(question) else { return nil }
    let near = Self.scores(base.matrix, score)
    let bounds = try ScoreBounds(of: base, near, score, in: opened.store)
    return CandidateRows(
      rowIDs: bounds.candidates(k, smallest: smallest).map { base.rowIDs[$0] }, rows: near.count,
      withoutScore: near.count(where: \.isNaN), cost: base.cost, receipt: question.model.receiptMark)
  }

  /// What is searched of a ladder, and what that has taken by now.
  struct SearchedBase {
    let plan: ReadPlan
    let rowIDs: RowIDs
    let matrix: FloatMatrix
    /// No value is further off.
    let error: Double
    fileprivate let start: ContinuousClock.Instant
    fileprivate let counters: ReadCounters

    var cost: QueryCost {
      QueryCost(
        seconds: (ContinuousClock.now - start).seconds, bytesRead: counters.bytesRead, framesDecoded: counters.framesDecoded,
        bytesDecoded: counters.bytesDecoded)
    }
  }

  /// The base of what is asked for; `nil` for an intermediate that is not in rungs.
  func searchedBase(_ question: Question) throws -> SearchedBase? {
    guard let base = try basePlan(question), let error = try opened.store.errorBound(of: base) else { return nil }
    let (start, counters) = (ContinuousClock.now, ReadCounters(isCancelled: isCancelled))
    let answer = try opened.store.read(base, counters: counters)
    guard case .maps(let matrix) = answer.values else { preconditionFailure("only maps are in rungs") }
    return SearchedBase(plan: base, rowIDs: answer.rowIDs, matrix: matrix, error: error, start: start, counters: counters)
  }

  /// Of an intermediate in rungs, what reading the base takes; `nil` for any other.
  private func basePlan(_ question: Question) throws -> ReadPlan? {
    guard question.intermediate.isStored, let plan = try planner.read(question, counters: ReadCounters())?.plan,
      plan.manifest.schema.isMaps, plan.manifest.scheme.values.rungs != nil
    else { return nil }
    return try opened.store.plan(plan.manifest, columns: plan.columns, rows: plan.rows, rungs: .base)
  }

  static func scores(_ result: IntermediateResult, _ score: RowScore, _ question: Question) throws -> [Double] {
    switch result.values {
    case .maps(let matrix): return scores(matrix, score)
    case .frame:
      throw StoreError(
        .invalid, "it is a pipeline's, whose rows have columns and no score", at: question.place,
        remedy: "Read the column (getIntermediates), and rank or count its values: Diagnosis has TopK and Distribution.")
    }
  }

  static func scores(_ matrix: FloatMatrix, _ score: RowScore) -> [Double] {
    matrix.withValues { values in
      (0..<matrix.rows).map { row in
        score.score(UnsafeBufferPointer(rebasing: values[row * matrix.columns..<(row + 1) * matrix.columns]))
      }
    }
  }

  private static func best(_ k: Int, _ scores: [Double], _ smallest: Bool) -> [Int] {
    let ranked = scores.indices.filter { !scores[$0].isNaN }.sorted { a, b in
      scores[a] != scores[b] ? (smallest ? scores[a] < scores[b] : scores[a] > scores[b]) : a < b
    }
    return Array(ranked.prefix(k))
  }
}

extension RowScore {
  /// How far the score of a row of the base may be from that of its exact values.
  func error(of base: ChunkReader.SearchedBase) -> Double {
    let largest = base.matrix.withValues { $0.reduce(0.0) { $1.isFinite ? max($0, abs(Double($1))) : $0 } }
    return error(of: base.error, columns: base.matrix.columns, largest: largest)
  }
}
