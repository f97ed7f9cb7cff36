import MistiqueStorage

/// Serves a question (paper section 2): asks the MetadataDB what is stored, compares what reading and re-running would cost, and
/// reads or re-runs.
///
/// Owns the choice. Never does: decode bytes (the storage floor) or run a stage (the model).
struct ChunkReader {
  let catalog: MetadataDB
  let store: DataStore
  let costs: QueryCostModel
  let journal: QueryJournal
  let restorer: (String) -> ModelRestorer?
  let details: (ModelRecord) throws -> ModelDetails
  /// Stores intermediates of a model while a re-run puts them out (`IntermediateStore.storing`).
  let storing: (Set<String>, ModelRecord, StoragePolicy, (MaterializingRun?) throws -> Void) throws -> [String: Materialized]

  /// What reading needs, worked out once for planning and reading.
  private struct Readable {
    let manifest: IntermediateManifest
    let columns: [Range<Int>]
    let rows: RowSelection
    let estimate: ReadEstimate
  }

  /// Answers every question, and counts it unless it is a calibration's; those that are re-run and are of one model are re-run together, once.
  func answer(
    _ questions: [Question], preference: QueryPlan.Preference, counts: Bool = true, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [IntermediateResult] {
    var results: [Int: IntermediateResult] = [:]
    var reruns: [Int64: [(place: Int, question: Question, plan: QueryPlan)]] = [:]
    for (place, question) in questions.enumerated() {
      let start = ContinuousClock.now
      let counters = ReadCounters()
      let filesOpened = store.filesOpened
      let readable = preference == .rerun ? nil : try readable(question, counters: counters)
      if counts { journal.countQuery(of: question.intermediate.id) }
      var plan = try plan(question, readable, preference)
      if counts, plan.choice == .rerun { plan.gamma = try gamma(question) }
      if plan.choice == .read, let readable {
        results[place] = try read(question, readable, plan, counters, since: start)
        // What opening files takes is paid once and says nothing about the rate.
        if store.filesOpened == filesOpened { costs.observe(readable.estimate, seconds: results[place]!.cost.seconds) }
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

  private func plan(_ question: Question, _ readable: Readable?, _ preference: QueryPlan.Preference) throws -> QueryPlan {
    let read = readable.map { costs.readSeconds($0.estimate) }
    let rerun = try preference == .read ? nil : rerunSeconds(question, columns: readable?.columns)
    let canRerun = restorer(question.model.kind) != nil
    let choice: QueryPlan.Choice
    switch preference {
    case .read:
      guard read != nil else { throw cannot("it is not stored, so it cannot be read", question, "Ask with plan .automatic or .rerun.") }
      choice = .read
    case .rerun:
      choice = .rerun
    case .automatic:
      // Paper section 4: READ if t_rerun >= t_read.
      choice = read.map { !canRerun || (rerun ?? .infinity) >= $0 } ?? false ? .read : .rerun
    }
    if choice == .rerun, !canRerun {
      throw cannot(
        "nothing can re-run a model of kind \"\(question.model.kind)\"", question,
        "Register a restorer for that kind with register(kind:restore:).")
    }
    return QueryPlan(
      choice: choice, predictedReadSeconds: read, predictedRerunSeconds: canRerun ? rerun : nil,
      frames: readable?.estimate.frames ?? 0, frameBytes: readable?.estimate.rawBytes ?? 0)
  }

  func rerunSeconds(_ question: Question, columns: [Range<Int>]?) throws -> Double? {
    let stages = try catalog.stages(of: question.model)
    let newer = journal.measured(model: question.model.id)
    let needed = PipelineExecutor.ancestors(of: question.intermediate.stage, in: stages.map(\.stage))
    let stageSeconds = QueryCostModel.stageSeconds(needed.map { newer.stages[$0] ?? stages[$0].cost }, rows: question.askedRows)
    return stageSeconds.map {
      (newer.restoreSeconds ?? question.model.restoreSeconds) + $0 + costs.handOverSeconds(bytes: question.answerBytes(columns: columns))
    }
  }

  // MARK: Reading

  private func readable(_ question: Question, counters: ReadCounters) throws -> Readable? {
    guard let reference = try question.intermediate.manifest else { return nil }
    let manifest = try store.manifest(reference)
    let columns = try question.columns(of: manifest.schema)
    let rows = try selection(question, manifest, counters: counters)
    let estimate = try store.estimate(manifest, columns: columns, rows: rows)
    return Readable(manifest: manifest, columns: columns, rows: rows, estimate: estimate)
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
    let all = try store.readRowIDs(manifest, rows: .all, counters: counters).array
    let positions = all.indices.filter { wanted.contains(all[$0]) }
    if positions.count < wanted.count {
      let there = Set(positions.map { all[$0] })
      throw Self.missingRow(ids.first { !there.contains($0) }!, question)
    }
    return .positions(positions)
  }

  private func read(
    _ question: Question, _ readable: Readable, _ plan: QueryPlan, _ counters: ReadCounters, since start: ContinuousClock.Instant
  ) throws -> IntermediateResult {
    let manifest = readable.manifest
    let ids = try store.readRowIDs(manifest, rows: readable.rows, counters: counters)
    let values: IntermediateResult.Values
    if case .columns(let descriptors) = manifest.schema {
      let places = readable.columns.flatMap { $0 }
      let columns = try store.readColumns(manifest, columns: places, rows: readable.rows, counters: counters)
      values = .frame(DataFrame(rowIDs: ids, columns: zip(places, columns).map { (descriptors[$0].name, $1) }))
    } else {
      let width = readable.columns.reduce(0) { $0 + $1.count }
      values = .maps(
        try FloatMatrix(rows: ids.count, columns: width) {
          try store.readMaps(manifest, columns: readable.columns, rows: readable.rows, into: $0, counters: counters)
        })
    }
    let cost = QueryCost(
      seconds: (ContinuousClock.now - start).seconds, bytesRead: counters.bytesRead, framesDecoded: counters.framesDecoded,
      bytesDecoded: counters.bytesDecoded)
    return IntermediateResult(
      model: question.model.identity, intermediate: question.intermediate.name, rowIDs: ids, schema: manifest.schema,
      columns: readable.columns, values: values, plan: plan, cost: cost)
  }

  /// The model, made from its stored transformers as a fresh process would.
  func restore(_ record: ModelRecord) throws -> any ExecutableModel {
    guard let restore = restorer(record.kind) else {
      throw StoreError(
        .cannotPlan, "nothing can restore a model of kind \"\(record.kind)\"", at: "\(record.identity)",
        remedy: "Register a restorer for that kind with register(kind:restore:).")
    }
    let transformers = try catalog.transformers(of: record).map { StoredTransformer(name: $0.name, bytes: try store.record($0.blob)) }
    return try restore(
      StoredModel(
        identity: record.identity, kind: record.kind, specification: try details(record).specification, transformers: transformers))
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

/// Makes a model of one kind from what a store keeps of it.
public typealias ModelRestorer = @Sendable (StoredModel) throws -> any ExecutableModel
