import MistiqueStorage

extension ChunkReader {
  /// The codes of a network's intermediate that was logged with KBIT_QT, THRESHOLD_QT, BOUND_QT or in rungs: what analyses that need no values work on.
  ///
  /// - Throws: `StoreError` (`notFound`, `cannotPlan`; `invalid` when it has no codes, or RowBlocks of it had to be stored in full).
  func codes(of question: Question) throws -> CodedIntermediate {
    let stored = try storedMaps(question, rungs: .base)
    let width = stored.width
    // Where there is not so much memory, an array would end the process.
    _ = try ByteBuffer(rows: stored.rowIDs.count, rowBytes: width, at: question.place)
    var codes = [UInt8](repeating: 0, count: stored.rowIDs.count * width)
    try codes.withUnsafeMutableBufferPointer {
      try opened.store.readCodes(stored.plan, into: $0, counters: stored.counters)
    }
    let quantizer = try opened.store.codebook(of: stored.plan.manifest).entry(column: 0, isMaps: true)?.quantizer
    return CodedIntermediate(
      rowIDs: stored.rowIDs, columns: stored.plan.columns, scheme: stored.plan.manifest.scheme, codes: codes,
      representatives: quantizer?.representatives(column: stored.plan.columns.first?.lowerBound ?? 0) ?? [])
  }

  /// The interval that each value of a network's intermediate lies in, as far as the scheme it was stored with tells; with pooling, of the
  /// pooled values. Equal bounds where values are stored in full. Two answers that differ in their values alone.
  ///
  /// - Throws: as `codes(of:)`, but every scheme has bounds.
  func bounds(of question: Question) throws -> (lower: IntermediateResult, upper: IntermediateResult) {
    let start = ContinuousClock.now
    let stored = try storedMaps(question)
    let width = stored.width
    var upper: FloatMatrix?
    let lower = try FloatMatrix(claimedRows: stored.rowIDs.count, columns: width, at: question.place) { lower in
      upper = try FloatMatrix(claimedRows: stored.rowIDs.count, columns: width, at: question.place) { upper in
        try opened.store.readBounds(stored.plan, into: (lower, upper), counters: stored.counters)
      }
    }
    let (counters, estimate) = (stored.counters, stored.plan.estimate)
    let way = QueryPlan.Alternative(
      choice: .read, startsFrom: [], predictedSeconds: nil, frames: estimate.frames, frameBytes: estimate.rawBytes, stages: 0,
      isExact: stored.plan.isExact, errorBound: try opened.store.errorBound(of: stored.plan))
    let cost = QueryCost(
      seconds: (ContinuousClock.now - start).seconds, bytesRead: counters.bytesRead, framesDecoded: counters.framesDecoded,
      bytesDecoded: counters.bytesDecoded)
    func answer(_ matrix: FloatMatrix) -> IntermediateResult {
      IntermediateResult(
        model: question.model.identity, intermediate: question.intermediate.name, rowIDs: stored.rowIDs, schema: stored.read.schema,
        columns: stored.read.columns, values: .maps(matrix), plan: QueryPlan(taken: way, alternatives: [way]), cost: cost,
        receipt: question.model.receiptMark)
    }
    return (answer(lower), answer(upper!))
  }

  private struct StoredMaps {
    let read: PlannedRead
    /// In the rungs that are wanted.
    let plan: ReadPlan
    let rowIDs: RowIDs
    let counters: ReadCounters

    var width: Int { plan.columns.reduce(0) { $0 + $1.count } }
  }

  /// - Parameter rungs: of an intermediate in rungs, those that are wanted.
  private func storedMaps(_ question: Question, rungs: QuantizationScheme.Rungs = .all) throws -> StoredMaps {
    let counters = ReadCounters(isCancelled: isCancelled)
    guard let read = try planner.read(question, counters: counters), read.plan.manifest.schema.isMaps else {
      throw StoreError(
        .cannotPlan, "it is not a stored intermediate of a network", at: question.place,
        remedy: "Ask for values with getIntermediates, or log the model with a policy that stores it.")
    }
    var plan = read.plan
    if rungs != plan.rungs { plan = try opened.store.plan(plan.manifest, columns: plan.columns, rows: plan.rows, rungs: rungs) }
    return StoredMaps(read: read, plan: plan, rowIDs: try opened.store.readRowIDs(plan, counters: counters), counters: counters)
  }
}
