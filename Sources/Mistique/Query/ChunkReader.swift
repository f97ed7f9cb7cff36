import MistiqueStorage

/// Serves a question (paper section 2): asks the MetadataDB what is stored, compares what reading and re-running would cost, and
/// reads or re-runs.
///
/// Owns the choice. Never does: decode bytes (the storage floor) or run a stage (the model).
struct ChunkReader {
  let opened: OpenStore

  /// Answers every question, and counts it unless it is a calibration's; those that are re-run and are of one model are re-run together, once.
  func answer(
    _ questions: [Question], preference: QueryPlan.Preference, counts: Bool = true, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [IntermediateResult] {
    var results: [Int: IntermediateResult] = [:]
    var reruns: [Int64: [(place: Int, question: Question, plan: QueryPlan)]] = [:]
    for (place, question) in questions.enumerated() {
      if isCancelled() { throw CancellationError() }
      let start = ContinuousClock.now
      let counters = ReadCounters()
      let (plan, readPlan) = try planned(question, preference, counts: counts, counters: counters)
      if plan.choice == .read, let readPlan {
        results[place] = try read(question, readPlan, plan, counters, since: start)
      } else {
        reruns[question.model.id, default: []].append((place, question, plan))
      }
    }
    for group in reruns.sorted(by: { $0.key < $1.key }).map(\.value) {
      let answers = try rerun(group.map { ($0.question, $0.plan) }, isCancelled: isCancelled)
      for (place, answer) in zip(group.map(\.place), answers) { results[place] = answer }
    }
    return questions.indices.map { results[$0]! }
  }

  /// How a question would be answered; it is not counted.
  func explain(_ question: Question, preference: QueryPlan.Preference) throws -> QueryPlan {
    try planned(question, preference, counts: false, counters: ReadCounters()).plan
  }

  /// How a question is answered, and what reading it takes where that was considered.
  private func planned(
    _ question: Question, _ preference: QueryPlan.Preference, counts: Bool, counters: ReadCounters
  ) throws -> (plan: QueryPlan, readPlan: ReadPlan?) {
    let readPlan = preference == .rerun ? nil : try readPlan(question, counters: counters)
    // Before gamma, whose n_query has the present question in it.
    if counts { opened.journal.countQuery(of: question.intermediate.id) }
    var plan = try plan(question, readPlan, preference)
    if plan.choice == .rerun { plan.gamma = try gamma(question) }
    return (plan, readPlan)
  }

  private func plan(_ question: Question, _ readPlan: ReadPlan?, _ preference: QueryPlan.Preference) throws -> QueryPlan {
    let read = readPlan.map { opened.costs.read.seconds($0.estimate) }
    let rerun = try preference == .read ? nil : rerunSeconds(question, columns: readPlan?.columns)
    let canRerun = opened.restorer(for: question.model.kind) != nil
    let choice: QueryPlan.Choice
    switch preference {
    case .read:
      guard read != nil else { throw cannot("it is not stored, so it cannot be read", question, "Ask with plan .automatic or .rerun.") }
      choice = .read
    case .rerun, .rerunFrom:
      choice = .rerun
    case .automatic:
      // Paper section 5.1: READ if t_rerun >= t_read.
      choice = read.map { !canRerun || (rerun ?? .infinity) >= $0 } ?? false ? .read : .rerun
    }
    if choice == .rerun, !canRerun {
      throw cannot(
        "nothing can re-run a model of kind \"\(question.model.kind)\"", question,
        "Register a restorer for that kind with register(kind:restore:).")
    }
    let stages = try Stage.ancestors(of: question.intermediate.stage, in: opened.catalog.stages(of: question.model).map(\.stage)).count
    let alternatives = [
      readPlan.map {
        QueryPlan.Alternative(
          choice: .read, startsFrom: [], predictedSeconds: read, frames: $0.estimate.frames, frameBytes: $0.estimate.rawBytes, stages: 0,
          isExact: $0.manifest.codebook == nil)
      },
      canRerun
        ? QueryPlan.Alternative(
          choice: .rerun, startsFrom: [], predictedSeconds: rerun, frames: 0, frameBytes: 0, stages: stages, isExact: true) : nil,
    ].compactMap { $0 }
    return QueryPlan(taken: alternatives.first { $0.choice == choice }!, alternatives: alternatives)
  }

  /// Seconds that a re-run of `columns` takes; `nil` when a stage on the way was never measured.
  func rerunSeconds(_ question: Question, columns: [Range<Int>]?) throws -> Double? {
    let stages = try opened.catalog.stages(of: question.model)
    guard stages.indices.contains(question.intermediate.stage) else {
      throw StoreError(
        .catalogue, "stage \(question.intermediate.stage) of \(stages.count) emits it", at: question.place,
        remedy: "Something other than Mistique changed the catalogue. Rebuild it: IntermediateStore.repair(at:), or `mistique repair`.")
    }
    let newer = opened.journal.measured(model: question.model.id)
    let needed = Stage.ancestors(of: question.intermediate.stage, in: stages.map(\.stage))
    return opened.costs.rerun.seconds(
      restoreSeconds: newer.restoreSeconds ?? question.model.restoreSeconds, ancestors: needed.map { newer.stages[$0] ?? stages[$0].cost },
      rows: question.askedRows, answerBytes: question.answerBytes(columns: columns))
  }

  // MARK: Reading

  /// What reading the answer takes; `nil` when the intermediate is not stored.
  func readPlan(_ question: Question, counters: ReadCounters) throws -> ReadPlan? {
    guard let reference = try question.intermediate.manifest else { return nil }
    let manifest = try opened.store.manifest(reference)
    let columns = try question.columns(of: manifest.schema)
    return try opened.store.plan(manifest, columns: columns, rows: try selection(question, manifest, counters: counters))
  }

  func selection(_ question: Question, _ manifest: IntermediateManifest, counters: ReadCounters) throws -> RowSelection {
    guard case .ids(let ids) = question.rows else { return .all }
    if case .range(let start) = manifest.rowIDs {
      let positions = try ids.map { id in
        guard id >= start, id < start + Int64(manifest.rows) else { throw Self.missingRow(id, question) }
        return Int(id - start)
      }
      return .positions(Array(Set(positions)).sorted())
    }
    let wanted = Set(ids)
    let all = try opened.store.readRowIDs(manifest, rows: .all, counters: counters).array
    let positions = all.indices.filter { wanted.contains(all[$0]) }
    if positions.count < wanted.count {
      let there = Set(positions.map { all[$0] })
      throw Self.missingRow(ids.first { !there.contains($0) }!, question)
    }
    return .positions(positions)
  }

  private func read(
    _ question: Question, _ readPlan: ReadPlan, _ plan: QueryPlan, _ counters: ReadCounters, since start: ContinuousClock.Instant
  ) throws -> IntermediateResult {
    let schema = readPlan.manifest.schema
    let began = ContinuousClock.now
    let answer = try opened.store.read(readPlan, counters: counters)
    // Planning opened the files: that is paid once and says nothing about the rate, as in the calibration.
    opened.costs.read.observe(readPlan.estimate, seconds: (ContinuousClock.now - began).seconds)
    let values: IntermediateResult.Values
    switch answer.values {
    case .maps(let matrix): values = .maps(matrix)
    case .columns(let columns):
      let names = readPlan.columns.flatMap { $0.map(schema.columnName) }
      values = .frame(DataFrame(rowIDs: answer.rowIDs, columns: zip(names, columns).map { ($0, $1) }))
    }
    let cost = QueryCost(
      seconds: (ContinuousClock.now - start).seconds, bytesRead: counters.bytesRead, framesDecoded: counters.framesDecoded,
      bytesDecoded: counters.bytesDecoded)
    return IntermediateResult(
      model: question.model.identity, intermediate: question.intermediate.name, rowIDs: answer.rowIDs, schema: schema,
      columns: readPlan.columns, values: values, plan: plan, cost: cost)
  }

  private func cannot(_ what: String, _ question: Question, _ remedy: String) -> StoreError {
    StoreError(.cannotPlan, what, at: question.place, remedy: remedy)
  }

  static func missingRow(_ id: Int64, _ question: Question) -> StoreError {
    StoreError(
      .missingRow, "there is no row with row_id \(id) among its \(question.intermediate.rows)", at: question.place,
      remedy: "Ask for rows: .all to see which there are.")
  }
}
