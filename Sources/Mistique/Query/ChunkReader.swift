import MistiqueStorage

/// Serves a question (paper section 2): has the planner weigh the ways to its answer, and reads or re-runs.
///
/// Never does: decode bytes (the storage floor) or run a stage (the model).
struct ChunkReader {
  let opened: OpenStore
  var accuracy = Accuracy.stored
  /// Asked between pieces of work, also by the threads that read frames; true ends the question with `CancellationError`.
  var isCancelled: @Sendable () -> Bool = { false }

  var planner: Planner { Planner(opened: opened, accuracy: accuracy) }

  /// A question that is answered by a run, and what that has shown to be worth storing.
  struct RunQuestion {
    var planned: PlannedQuestion
    let finding: Worth.Finding?

    var question: Question { planned.question }
    var starts: [StoredStart] { planned.starts }
  }

  /// Questions that one run of their model answers.
  private struct RunKey: Hashable {
    let model: Int64
    let starts: [String]
  }

  /// Answers every question, and counts it unless it is a calibration's; those that are re-run from the same intermediates of one model are re-run
  /// together, once.
  ///
  /// - Parameters:
  ///   - hold: of the readers' lock, from before the questions were looked up.
  ///   - asked: when the question came: looking up what it asks for is part of what its answer takes.
  func answer(
    _ questions: [Question], preference: QueryPlan.Preference, _ hold: ReadersLock.Hold, since asked: ContinuousClock.Instant = .now,
    counts: Bool = true
  ) throws -> [IntermediateResult] {
    var results: [Int: IntermediateResult] = [:]
    var reruns: [RunKey: [(place: Int, run: RunQuestion)]] = [:]
    var order: [RunKey] = []
    let lookingUp = (ContinuousClock.now - asked) / max(1, questions.count)
    for (place, question) in questions.enumerated() {
      if isCancelled() { throw CancellationError() }
      let start = ContinuousClock.now - lookingUp
      let (openings, counters) = (opened.store.openings, ReadCounters(isCancelled: isCancelled))
      // Before gamma, whose n_query has the present question in it.
      if counts { count(question) }
      var planned = try explaining(question) { try planner.plan(question, preference, counters: counters) }
      if planned.plan.choice == .read {
        do {
          results[place] = try read(planned, counters, since: start, opensFiles: opened.store.openings != openings)
          continue
        } catch let error as StoreError where error.isDamage {
          guard planned.read?.owner != nil else { throw explained(error, of: question) }
          // What is damaged is another model's: this one can be run.
          planned = try explaining(question) { try planner.plan(question, .rerun, counters: counters) }
        }
      }
      let finding = try explaining(question) { try Worth(opened: opened).finding(question) }
      planned.note(gamma: finding?.gamma.value)
      let key = RunKey(model: question.model.id, starts: planned.plan.taken.startsFrom)
      if reruns[key] == nil { order.append(key) }
      reruns[key, default: []].append((place, RunQuestion(planned: planned, finding: finding)))
    }
    let inUse = Set(reruns.values.joined().flatMap { $0.run.starts.map(\.owner) })
      .union(questions.map { IntermediateID(model: $0.model.id, name: $0.intermediate.name) })
    for key in order {
      let group = reruns[key]!
      let answers: [IntermediateResult] = try explaining(group[0].run.question) {
        try self.answers(of: group.map(\.run), inUse: inUse, mayRestart: preference == .automatic, hold)
      }
      for (place, answer) in zip(group.map(\.place), answers) { results[place] = answer }
    }
    return questions.indices.map { results[$0]! }
  }

  /// The answers of one run. Where it was to start from what is damaged, it begins again, from this model's input. Not where a disk gives an error: a run
  /// also writes, and a full disk must be told.
  ///
  /// - Parameter mayRestart: whether nobody has asked for the starts.
  private func answers(
    of group: [RunQuestion], inUse: Set<IntermediateID>, mayRestart: Bool, _ hold: ReadersLock.Hold
  ) throws -> [IntermediateResult] {
    do {
      return try rerun(group, inUse: inUse, hold)
    } catch let error as StoreError where error.isDamage && mayRestart && group.contains(where: { !$0.starts.isEmpty }) {
      let own = try group.map { run in
        RunQuestion(planned: try planner.plan(run.question, .rerun, counters: ReadCounters()), finding: run.finding)
      }
      return try rerun(own, inUse: inUse, hold)
    }
  }

  /// Calls `body`, which reads what is stored of a question's own model: where that model was deleted meanwhile, the error says so.
  func explaining<Value>(_ question: Question, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as StoreError where error.isDamage { throw explained(error, of: question) }
  }

  /// What could not be read of a question's own model may have been given back with it: another process has deleted the model since it was looked up.
  private func explained(_ damage: StoreError, of question: Question) -> StoreError {
    do {
      let current: CataloguedModel?
      if opened.catalog.obstacle == nil {
        current = try opened.catalog.model(question.model.identity)
      } else {
        // What can only read has a copy of the catalogue, as it was when the store was opened.
        current = try MetadataDB(directory: opened.directory.path).model(question.model.identity)
        if let current, current.receiptPlace != question.model.receiptPlace {
          return StoreError(
            .notFound, "what is stored of it was changed since the store was opened", at: question.place, remedy: "Open the store again.")
        }
      }
      if let current, current.id == question.model.id {
        guard current.receiptPlace != question.model.receiptPlace else { return damage }
        // More of it was stored meanwhile, or less, and what only its receipt of before needed was given back.
        return StoreError(.notFound, "what is stored of it was changed while it was read", at: question.place, remedy: "Ask again.")
      }
    } catch { return damage }
    return StoreError(
      .notFound, "the model was deleted while it was read", at: question.place, remedy: "Log it again, or ask another model.")
  }

  /// How a question would be answered, with every way there is; it is not counted.
  func explain(_ question: Question, preference: QueryPlan.Preference) throws -> QueryPlan {
    try explaining(question) {
      var planned = try planner.plan(question, preference, weighsAll: true, counters: ReadCounters())
      if planned.plan.choice == .rerun { planned.note(gamma: try Worth(opened: opened).finding(question)?.gamma.value) }
      return planned.plan
    }
  }

  /// After so many questions what was counted is written, so that a kill loses no more of it.
  private static let mostUnwrittenQuestions = 64

  private func count(_ question: Question) {
    let counted = opened.journal.countQuery(of: question.intermediate.id, columns: question.columnNames.compactMap(ColumnSelector.name))
    if counted >= Self.mostUnwrittenQuestions { opened.flushStatisticsIfPossible() }
  }

  private func read(
    _ planned: PlannedQuestion, _ counters: ReadCounters, since start: ContinuousClock.Instant, opensFiles: Bool
  ) throws -> IntermediateResult {
    guard let read = planned.read else { preconditionFailure("a plan to read says what is read") }
    let question = planned.question
    let began = ContinuousClock.now
    let answer = try opened.store.read(read.plan, counters: counters)
    let values: IntermediateResult.Values
    switch answer.values {
    case .maps(let matrix): values = .maps(matrix)
    case .columns: values = .frame(answer.frame(of: read.plan)!)
    }
    let end = ContinuousClock.now
    // Opening files is paid once and says nothing about the next question.
    opened.costs.read.observe(
      read.plan.estimate, coldBytes: read.coldBytes, seconds: (end - (opensFiles ? began : start)).seconds)
    let cost = QueryCost(
      seconds: (end - start).seconds, bytesRead: counters.bytesRead, framesDecoded: counters.framesDecoded,
      bytesDecoded: counters.bytesDecoded)
    return IntermediateResult(
      model: question.model.identity, intermediate: question.intermediate.name, rowIDs: answer.rowIDs,
      schema: read.schema, columns: read.columns, values: values, plan: planned.plan, cost: cost,
      receipt: question.model.receiptMark)
  }
}
