import MistiqueStorage

/// Answering by running the model again.
extension ChunkReader {
  /// Re-runs the model of `group` once for all its intermediates, and stores those that have become worth it.
  func rerun(
    _ group: [(question: Question, plan: QueryPlan)], isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [IntermediateResult] {
    let start = ContinuousClock.now
    let (model, rows) = (group[0].question.model, group[0].question.rows)
    let executor = PipelineExecutor(model: try opened.restore(model), identity: model.identity, isCancelled: isCancelled)
    let restoreSeconds = (ContinuousClock.now - start).seconds
    let names = Set(group.map(\.question.intermediate.name))
    let inputs = try executor.inputs(of: names)
    let unverified = try InputCheck(logged: try opened.details(of: model).inputs).verify(inputs, of: model.identity)
    var collectors = Dictionary(
      uniqueKeysWithValues: try group.map { ($0.question.intermediate.name, RerunCollector(try collection(of: $0.question))) })
    var stages: [StageMeasurement] = []
    func execute(_ sink: MaterializingSink?) throws {
      // What is stored is stored whole, whichever rows the query is about.
      let asked = sink == nil ? rows : .all
      stages = try executor.rerun(names, rows: asked, inputs: inputs) { name, rows in
        try collectors[name]!.take(rows)
        sink?.take(name, rows)
      }
      for collector in collectors.values { try collector.finish(isWhole: asked == .all) }
    }
    var materialized: [String: Materialized] = [:]
    if let worth = try worthStoring(group) {
      if unverified.isEmpty {
        materialized = try opened.storing(worth.names, of: model, policy: worth.policy, whileRunning: execute)
      } else {
        try execute(nil)
        let reason = "the store does not know whether \(unverified.joined(separator: ", ")) is what was logged"
        materialized = Dictionary(uniqueKeysWithValues: worth.names.map { ($0, .postponed(reason: reason)) })
      }
    } else {
      try execute(nil)
    }
    opened.journal.note(model: model.id, restoreSeconds: restoreSeconds, stages: stages)
    let cost = QueryCost(seconds: (ContinuousClock.now - start).seconds, stagesRun: stages.count)
    if materialized.isEmpty {
      opened.costs.rerun.observe(
        handOverSeconds: cost.seconds - restoreSeconds - stages.reduce(0) { $0 + $1.seconds },
        bytes: group.reduce(0) { $0 + $1.question.answerBytes(columns: collectors[$1.question.intermediate.name]!.ranges) })
    }
    return try group.map { item in
      let name = item.question.intermediate.name
      var result = try result(of: item.question, item.plan, collectors[name]!, cost)
      result.materialized = materialized[name]
      result.unverifiedInputs = unverified
      return result
    }
  }

  /// What a re-run is to gather for `question`, and what it is held to.
  private func collection(of question: Question) throws -> RerunCollector.Request {
    let intermediate = question.intermediate
    var expected = ExpectedShape(rows: intermediate.rows, columns: intermediate.columns)
    if let reference = try intermediate.manifest {
      let manifest = try opened.store.manifest(reference)
      expected.storedSchema = manifest.schema
      expected.storedRowIDs = try opened.store.readRowIDs(manifest, rows: .all, counters: ReadCounters())
    } else {
      expected.shape = try opened.details(of: question.model).shapes[intermediate.name]
    }
    return RerunCollector.Request(
      place: question.place, rows: question.rows, askedRows: question.askedRows, pooling: try storedPooling(of: question),
      expected: expected,
      columns: question.columns)
  }

  private func result(
    of question: Question, _ plan: QueryPlan, _ collector: RerunCollector, _ cost: QueryCost
  ) throws -> IntermediateResult {
    guard let values = collector.result(), let schema = collector.schema else {
      // A model that has no such rows emits nothing.
      if case .ids(let wanted) = question.rows, let id = wanted.first { throw Self.missingRow(id, question) }
      throw PipelineExecutor.invalid("did not emit \"\(question.intermediate.name)\"", question.model.identity)
    }
    let ids = collector.rowIDs
    // Ids come at most once (`finish`), and none that was not asked for.
    if case .ids(let wanted) = question.rows, ids.count != Set(wanted).count {
      let there = Set(ids.array)
      throw Self.missingRow(wanted.first { !there.contains($0) } ?? wanted[0], question)
    }
    return IntermediateResult(
      model: question.model.identity, intermediate: question.intermediate.name, rowIDs: ids, schema: schema,
      columns: collector.ranges, values: values, plan: plan, cost: cost)
  }
}
