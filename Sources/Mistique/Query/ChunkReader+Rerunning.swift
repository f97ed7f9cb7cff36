import MistiqueStorage

/// Answering by running the model again.
extension ChunkReader {
  /// Re-runs the model of `group` once for all its intermediates, from where their plans start, and stores those that have become worth it.
  ///
  /// - Parameters:
  ///   - inUse: the asked intermediates of all questions that were asked together, and what their runs start from.
  ///   - hold: of the query.
  func rerun(
    _ group: [RunQuestion], inUse: Set<IntermediateID>, _ hold: ReadersLock.Hold
  ) throws -> [IntermediateResult] {
    let start = ContinuousClock.now
    let (model, rows) = (group[0].question.model, group[0].question.rows)
    let predicted = try predictedSeconds(group)
    let lent = try opened.lend(model)
    let executor = PipelineExecutor(model: lent.model, identity: model.identity, isCancelled: isCancelled)
    let names = Set(group.map(\.question.intermediate.name))
    let starting = Set(group[0].starts.map(\.name))
    let checking = ContinuousClock.now
    let inputs = try executor.inputs(of: names, available: starting)
    let unverified = try InputCheck(logged: try opened.details(of: model).inputs).verify(inputs, of: model.identity)
    let (checkSeconds, preparedBefore) = ((ContinuousClock.now - checking).seconds, executor.preparingSeconds)
    var collectors = Dictionary(
      uniqueKeysWithValues: try group.map { ($0.question.intermediate.name, RerunCollector(try collection(of: $0.question))) })
    var stages: [StageMeasurement] = []
    var reader = StartReader(group[0].starts, store: opened.store, isCancelled: isCancelled)
    func execute(_ sink: MaterializingSink?) throws {
      // What is stored is stored whole, whichever rows the query is about.
      let asked = sink == nil ? rows : .all
      if asked != rows {
        let whole = try group[0].starts.map { try $0.whole(in: opened.store) }
        reader = StartReader(whole, store: opened.store, isCancelled: isCancelled)
      }
      stages = try executor.rerun(names, rows: asked, inputs: inputs, available: reader.available) { name, rows in
        try collectors[name]!.take(rows)
        sink?.take(name, rows)
      }
      for collector in collectors.values { try collector.finish(isWhole: asked == .all) }
    }
    var materialized: [String: Materialized] = [:]
    let parts = worthStoring(group)
    if parts.isEmpty {
      try execute(nil)
    } else if let reason = try obstacle(to: parts, group, inUse: inUse, hold, unverified: unverified) {
      try execute(nil)
      materialized = parts.mapValues { _ in .postponed(reason: reason) }
    } else {
      // Values that are computed here and now may have another lineage than those that were logged: on another processor, with another library.
      materialized = try opened.storing(
        parts, of: model, policy: try opened.details(of: model).policy,
        made: try lineages(of: lent.model, model, from: group[0].starts), whileRunning: execute)
    }
    opened.giveBack(lent)
    let cost = QueryCost(
      seconds: (ContinuousClock.now - start).seconds, bytesRead: reader.counters.bytesRead,
      framesDecoded: reader.counters.framesDecoded, bytesDecoded: reader.counters.bytesDecoded, stagesRun: stages.count)
    // What the first run of a process does once, as it restores the model: files are hashed, ways of computing compared.
    let onceSeconds = checkSeconds + executor.preparingSeconds - preparedBefore
    try opened.note(model, restoreSeconds: lent.restoreSeconds.map { $0 + onceSeconds }, stages: stages)
    for (start, seconds) in reader.measured() {
      opened.costs.read.observe(start.plan.estimate, coldBytes: start.coldBytes, seconds: seconds)
    }
    keepBudget(group, &materialized, inUse, hold)
    if materialized.isEmpty {
      let known = (lent.restoreSeconds ?? 0) + onceSeconds + reader.seconds + stages.reduce(0) { $0 + $1.seconds }
      opened.costs.rerun.observe(
        try answers(group) { collectors[$0.intermediate.name]!.ranges }, seconds: cost.seconds - known)
    }
    return try group.map { item in
      let name = item.question.intermediate.name
      var planned = item.planned
      planned.note(predictedSeconds: predicted)
      var result = try result(of: item.question, planned.plan, collectors[name]!, cost)
      result.materialized = materialized[name]
      result.unverifiedInputs = unverified
      return result
    }
  }

  /// The lineages of what a run from `starts` gives. None where a start may hold other bits than the model would give here and now: what follows from it
  /// is then this model's alone.
  private func lineages(
    of running: any ExecutableModel, _ model: CataloguedModel, from starts: [StoredStart]
  ) throws -> [String: Lineage] {
    guard let made = try? running.lineages().intermediates else { return [:] }
    guard !starts.isEmpty else { return made }
    let known = Dictionary(try opened.catalog.intermediates(of: model).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let areTheSame = starts.allSatisfy { start in
      guard let own = known[start.name], let lineage = own.lineage else { return false }
      return lineage == made[start.name] && start.manifest.holdsExactly(own)
    }
    return areTheSame ? made : [:]
  }

  /// What of the intermediates that are about to be re-run has become worth storing.
  private func worthStoring(_ group: [RunQuestion]) -> [String: MaterializingSink.Part] {
    let worth = group.filter { $0.finding?.isAboveThreshold ?? false }
    return Dictionary(
      worth.map { ($0.question.intermediate.name, $0.finding!.columns.map { .columns($0) } ?? .whole) }, uniquingKeysWith: { $1 })
  }

  /// Why it is not stored now; `nil` when it can be.
  private func obstacle(
    to parts: [String: MaterializingSink.Part], _ group: [RunQuestion], inUse: Set<IntermediateID>, _ hold: ReadersLock.Hold,
    unverified: [String]
  ) throws -> String? {
    // What is stored is stored whole: the rows that nobody asked for must start from exact values too.
    guard try group[0].starts.allSatisfy({ try $0.isExact && $0.whole(in: opened.store).isExact }) else {
      return "the run starts from quantized values, which would be stored as if they were exact"
    }
    guard unverified.isEmpty else {
      return "the store does not know whether \(unverified.joined(separator: ", ")) is what was logged"
    }
    guard let budget = try opened.details(of: group[0].question.model).policy.budget else { return nil }
    let findings = group.filter { parts[$0.question.intermediate.name] != nil }.compactMap(\.finding)
    let isRoom: Bool
    // An error of the store does not end the re-run: the answer is not the store's.
    do {
      isRoom = try BudgetKeeper(opened: opened, budget: budget, hold: hold).makeRoom(for: findings.map(\.gamma), keeping: inUse)
    } catch { return "\(error)" }
    return isRoom ? nil : "the budget of \(budget.bytes) bytes is full of what saves more per byte, or of what is being read"
  }

  /// Gives up what saves least when what was stored took more than there was room for.
  private func keepBudget(
    _ group: [RunQuestion], _ materialized: inout [String: Materialized], _ inUse: Set<IntermediateID>, _ hold: ReadersLock.Hold
  ) {
    let model = group[0].question.model
    guard materialized.values.contains(where: { if case .stored = $0 { true } else { false } }) else { return }
    // What was just stored may be what saves least; what later runs of the same questions read may not be given up.
    let stored = Set(materialized.keys.map { IntermediateID(model: model.id, name: $0) })
    // That the budget cannot be kept now, because somebody else writes, is no reason to lose the answer: the next one that is stored tries again.
    let givenUp = (try? BudgetKeeper.enforce(after: model, opened, keeping: inUse.subtracting(stored), hold)) ?? []
    for id in givenUp where id.model == model.id {
      guard case .stored(let bytes)? = materialized[id.name] else { continue }
      materialized[id.name] = .postponed(reason: "it took \(bytes) bytes, which is more than the budget has room for")
    }
  }

  /// What a run for all questions of `group` is predicted to take.
  private func predictedSeconds(_ group: [RunQuestion]) throws -> Double? {
    guard group.count > 1 else { return group[0].planned.plan.predictedSeconds }
    let model = group[0].question.model
    let graph = try opened.details(of: model).graph
    let names = Set(group.map(\.question.intermediate.name))
    let stages = graph.stages(for: names, from: Set(group[0].starts.map(\.name)))?.stages ?? graph.stages(for: names)
    return try opened.predictedSeconds(
      of: model, stages: stages, rows: group.map(\.question.askedRows).max() ?? 0, from: group[0].starts,
      handingOver: answers(group) { _ in nil })
  }

  /// What a run hands over.
  private func answers(_ group: [RunQuestion], columns: (Question) -> [Range<Int>]?) throws -> [RerunCost.Answer] {
    let isMaps = try opened.costs(of: group[0].question.model).runsOnSomeRows
    return group.map { RerunCost.Answer($0.question, columns: columns($0.question), isMaps: isMaps) }
  }

  /// What a re-run is to gather for `question`, and what it is held to.
  private func collection(of question: Question) throws -> RerunCollector.Request {
    let intermediate = question.intermediate
    var expected = ExpectedShape(rows: intermediate.rows, columns: intermediate.columns)
    if intermediate.isStored, let reference = try intermediate.manifest {
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

  /// How the stored values are pooled, were before they were given up, or will be once their policy stores them: an answer has one shape, whichever
  /// way it is fetched.
  private func storedPooling(of question: Question) throws -> QuantizationScheme.Pooling? {
    if let manifest = try question.intermediate.manifest { return try opened.store.manifest(manifest).scheme.pooling }
    let policy = try opened.details(of: question.model).policy
    // Only maps are pooled.
    return policy.materialization == .none ? nil : policy.scheme(ofColumns: question.intermediate.columns, areMaps: true).pooling
  }

  private func result(
    of question: Question, _ plan: QueryPlan, _ collector: RerunCollector, _ cost: QueryCost
  ) throws -> IntermediateResult {
    guard let values = collector.result(), let schema = collector.schema else {
      // A model that has no such rows emits nothing.
      if case .ids(let wanted) = question.rows, let id = wanted.first { throw question.missingRow(id) }
      throw PipelineExecutor.invalid("did not emit \"\(question.intermediate.name)\"", question.model.identity)
    }
    let ids = collector.rowIDs
    // Ids come at most once (`finish`), and none that was not asked for.
    if case .ids(let wanted) = question.rows, ids.count != Set(wanted).count {
      let there = Set(ids.array)
      throw question.missingRow(wanted.first { !there.contains($0) } ?? wanted[0])
    }
    return IntermediateResult(
      model: question.model.identity, intermediate: question.intermediate.name, rowIDs: ids, schema: schema,
      columns: collector.ranges, values: values, plan: plan, cost: cost,
      receipt: question.model.receiptMark)
  }
}
