import MistiqueStorage

extension IntermediateStore {
  /// The asked columns, one result per intermediate, in the order in which the keys first name them.
  ///
  /// - Parameters:
  ///   - keys: `project.model.intermediate.column`; keys of one intermediate are answered together.
  ///   - rows: all, or some by `row_id`.
  ///   - plan: `.automatic` takes the cheapest plan by the cost model of paper section 5.1.
  ///   - accuracy: how near the answer must be to what the model emitted.
  ///   - isCancelled: asked between pieces of work, on any thread and on several at once; true ends the question with `CancellationError`.
  /// - Throws: `StoreError` (`malformedKey`, `notFound`, `missingRow`, `cannotPlan`; `corrupt` when bytes on disk are damaged).
  public func getIntermediates(
    _ keys: [String], rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic, accuracy: Accuracy = .stored,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [IntermediateResult] {
    try getIntermediates(
      try keys.map { try IntermediateKey($0) }, rows: rows, plan: plan, accuracy: accuracy, isCancelled: isCancelled)
  }

  /// As `getIntermediates(_:rows:plan:accuracy:isCancelled:)` with keys as values.
  public func getIntermediates(
    _ keys: [IntermediateKey], rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic, accuracy: Accuracy = .stored,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [IntermediateResult] {
    let asked = ContinuousClock.now
    return try opened.whileReading { hold in
      try ChunkReader(opened: opened, accuracy: accuracy, isCancelled: isCancelled).answer(
        try opened.questions(keys, rows: rows), preference: plan, hold, since: asked)
    }
  }

  /// As `getIntermediates(_:rows:plan:accuracy:isCancelled:)` with ``Accuracy/within(_:)``: no value is further than `bound` from what the model emits. Of a
  /// ladder the fewest rungs are read that satisfy it; ``IntermediateResult/errorBound`` says what the answer has.
  public func getIntermediates(
    _ keys: [String], rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic, within bound: QuantizationScheme.ErrorBound,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [IntermediateResult] {
    try getIntermediates(keys, rows: rows, plan: plan, accuracy: .within(bound), isCancelled: isCancelled)
  }

  /// How `getIntermediates` would answer, without reading values or running anything: one plan per intermediate, with every way that
  /// there is and what it is predicted to take: reading, re-running from the model's input, and from every set of stored ancestors that suffices.
  ///
  /// The query is not counted. Complexity: O(chunks).
  /// - Throws: as `getIntermediates`.
  public func explain(
    _ keys: [String], rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic, accuracy: Accuracy = .stored
  ) throws -> [QueryPlan] {
    try opened.whileReading { _ in
      let questions = try opened.questions(try keys.map { try IntermediateKey($0) }, rows: rows)
      return try questions.map { try ChunkReader(opened: opened, accuracy: accuracy).explain($0, preference: plan) }
    }
  }

  /// The codes of a network's intermediate that was logged with KBIT_QT, THRESHOLD_QT, BOUND_QT or in rungs: what analyses that need no values work on.
  ///
  /// - Throws: `StoreError` (`notFound`, `cannotPlan`; `invalid` when it has no codes, or RowBlocks of it had to be stored in full).
  public func getCodes(_ key: String, rows: RowRequest = .all) throws -> CodedIntermediate {
    try asking(IntermediateKey(key), rows) { try $0.codes(of: $1) }
  }

  /// The interval that each value of a network's intermediate lies in, as precisely as its scheme allows; with pooling, of the
  /// pooled values. Equal bounds where values are stored in full. Rows x asked columns each.
  ///
  /// - Throws: as `getCodes`, but every scheme has bounds.
  public func getBounds(_ key: String, rows: RowRequest = .all) throws -> (lower: FloatMatrix, upper: FloatMatrix) {
    let found = try bounds(of: IntermediateKey(key), rows: rows)
    guard let lower = found.lower.matrix, let upper = found.upper.matrix else { preconditionFailure("only maps have bounds") }
    return (lower, upper)
  }

  /// As `getBounds`, with the rows, the columns and the model that the bounds are of: all of one state of the store.
  ///
  /// - Parameter isCancelled: as in `getIntermediates`.
  package func bounds(
    of key: IntermediateKey, rows: RowRequest = .all, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> (lower: IntermediateResult, upper: IntermediateResult) {
    try asking(key, rows, isCancelled: isCancelled) { try $0.bounds(of: $1) }
  }

  /// How an intermediate is stored: pooled, quantized, in rungs; with ``QuantizationScheme/kept`` where its bound was chosen by what it keeps. `nil` for
  /// one that is not stored, or only some of its columns.
  ///
  /// Complexity: O(1), no values are read.
  /// - Throws: `StoreError` (`notFound`, `corrupt`).
  public func scheme(of intermediate: String, in identity: ModelIdentity) throws -> QuantizationScheme? {
    try opened.whileReading { _ in
      let question = try opened.question(IntermediateKey(model: identity, intermediate: intermediate), rows: .all)
      guard question.intermediate.isStored, let reference = try question.intermediate.manifest else { return nil }
      return try opened.store.manifest(reference).scheme
    }
  }

  /// The rows of a stored intermediate in which one column's value lies in `range`, in the intermediate's order; missing values and NaN lie in none.
  ///
  ///     let tall = try store.findRows("zillow.p1.table.numberofstories", in: 3...100)
  ///
  /// Compares the value as it was logged (pooled, where it is stored pooled). Rows that the quantized values cannot decide are returned separately. RowBlocks
  /// whose smallest and largest value exclude the range are skipped. Integers are compared as integers, never rounded to Double.
  /// - Complexity: O(RowBlocks), and decoding of those that are not skipped.
  /// - Throws: `StoreError` (`malformedKey`, `notFound`, `cannotPlan` when it is not stored, `invalid` for text and for more than
  ///   one column).
  public func findRows(_ key: String, in range: ClosedRange<Double>) throws -> FoundRows { try findRows(key, SearchedInterval(range)) }

  /// As `findRows(_:in:)`, with ends that a Double may not hold, such as 2^53 + 1: for columns of integers.
  public func findRows(_ key: String, inIntegers range: ClosedRange<Int64>) throws -> FoundRows {
    try findRows(key, SearchedInterval(range))
  }

  private func findRows(_ key: String, _ interval: SearchedInterval) throws -> FoundRows {
    try asking(IntermediateKey(key), .all) { try $0.rows(of: $1, in: interval) }
  }

  /// What is read of the stored values that a key asks for.
  private func asking<Answer>(
    _ key: IntermediateKey, _ rows: RowRequest, isCancelled: @escaping @Sendable () -> Bool = { false },
    _ body: (ChunkReader, Question) throws -> Answer
  ) throws -> Answer {
    try opened.whileReading { _ in
      let question = try opened.question(key, rows: rows)
      let reader = ChunkReader(opened: opened, isCancelled: isCancelled)
      return try reader.explaining(question) { try body(reader, question) }
    }
  }
}
