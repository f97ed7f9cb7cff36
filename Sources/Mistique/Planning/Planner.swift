import MistiqueStorage

/// Weighs the ways to an answer (paper section 5.1, with re-runs from stored ancestors): reading it, running the model from its input, and every cut
/// of the stage graph between, where some stored ancestors are read and the stages after them run.
///
/// Owns the choice. Never does: read a value or run a stage.
struct Planner {
  let opened: OpenStore
  let accuracy: Accuracy
  /// Whether an answer may come from what another model has stored under the same lineage.
  var borrows = true

  /// How `question` is answered.
  ///
  /// - Parameters:
  ///   - weighsAll: also weighs what cannot win, for a person who wants to see it.
  ///   - counters: of reading row ids, which finding the rows may take.
  /// - Throws: `StoreError` (`cannotPlan`, `notFound`, `missingRow`).
  func plan(
    _ question: Question, _ preference: QueryPlan.Preference, weighsAll: Bool = false, counters: ReadCounters
  ) throws -> PlannedQuestion {
    switch preference {
    case .read: return try reading(question, counters)
    case .rerun: return try rerunning(question, from: nil)
    case .rerunFrom(let names): return try rerunning(question, from: names)
    case .automatic: return try cheapest(question, weighsAll: weighsAll, counters)
    }
  }

  private func reading(_ question: Question, _ counters: ReadCounters) throws -> PlannedQuestion {
    guard let read = try read(question, counters: counters) else {
      let what =
        question.intermediate.isPartial
        ? "not all of these columns are stored, so they cannot be read" : "it is not stored, so it cannot be read"
      throw cannot(what, question, "Ask with plan .automatic or .rerun.")
    }
    let way = try way(read)
    guard suffices(read, way) else {
      throw cannot(shortcoming(of: read, way), question, "Ask with plan .automatic or .rerun, or less exactly.")
    }
    return PlannedQuestion(question, QueryPlan(taken: way, alternatives: [way]), read: read)
  }

  /// Whether what is read is near enough to what the model emitted.
  private func suffices(_ read: PlannedRead, _ way: QueryPlan.Alternative) -> Bool {
    if way.isExact { return true }
    switch accuracy {
    case .exact: return false
    case .stored: return read.plan.manifest.scheme.values.rungs == nil
    case .approximate: return true
    case .within(let bound): return isWithin(bound, read.plan.manifest.scheme.values, way.errorBound)
    }
  }

  /// - Parameter error: of what is read, in the unit of the values.
  private func isWithin(
    _ bound: QuantizationScheme.ErrorBound, _ values: QuantizationScheme.Values, _ error: Double?
  ) -> Bool {
    if error == 0 { return true }
    switch (bound, values.bound) {
    case (.absolute(let most), _): return error.map { $0 <= most } ?? false
    // Root mean squares of what shares a bound: the same in both.
    case (.relative(let most), .relative(let kept)): return error != nil && kept <= most
    case (.relative, _), (.keeping, _), (.keepingCorrelations, _): return false
    }
  }

  private func shortcoming(of read: PlannedRead, _ way: QueryPlan.Alternative) -> String {
    let asked = if case .within(let bound) = accuracy { "\(bound.argument) is" } else { "an exact answer is" }
    guard read.plan.manifest.scheme.values.rungs != nil else {
      return "what is stored is quantized (\(read.plan.manifest.scheme)), and \(asked) asked for"
    }
    let kept = way.errorBound.map { " is within \($0) of what was logged" } ?? " is not exact"
    return "its residual was given back: what is stored\(kept), and \(asked) asked for"
  }

  private func way(_ read: PlannedRead) throws -> QueryPlan.Alternative {
    let estimate = read.plan.estimate
    return QueryPlan.Alternative(
      choice: .read, startsFrom: [], predictedSeconds: opened.costs.read.seconds(estimate, coldBytes: read.coldBytes),
      frames: estimate.frames, frameBytes: estimate.rawBytes, stages: 0, isExact: read.plan.isExact,
      errorBound: try opened.store.errorBound(of: read.plan))
  }

  /// A re-run from the input, or from the stored intermediates `names`.
  private func rerunning(_ question: Question, from names: [String]?) throws -> PlannedQuestion {
    let reruns = try RerunPlanner(opened: opened, accuracy: accuracy, question: question, borrows: borrows)
    guard canRerun(question) else { throw noRestorer(question) }
    guard let names, !names.isEmpty else {
      let way = try reruns.fromInput()
      return PlannedQuestion(question, QueryPlan(taken: way, alternatives: [way]))
    }
    let starts = try reruns.starts(passingOverDamage: false).filter { names.contains($0.name) }
    if let missing = names.first(where: { name in !starts.contains { $0.name == name } }) {
      throw cannot(
        "a re-run cannot start from \"\(missing)\"", question,
        "Start from a stored ancestor that is neither pooled nor quantized; `explain` lists them.")
    }
    guard let way = try reruns.way(from: starts) else {
      throw cannot(
        "\(names.joined(separator: ", ")) do not suffice to run the stages after them", question,
        "Name stored ancestors that together hold all that these stages read; `explain` lists such sets.")
    }
    return PlannedQuestion(question, QueryPlan(taken: way, alternatives: [way]), starts: starts)
  }

  private func cheapest(_ question: Question, weighsAll: Bool, _ counters: ReadCounters) throws -> PlannedQuestion {
    let nearest = try nearestRead(question, counters: counters)
    let (read, reading, mayRead) = (nearest?.read, nearest?.way, nearest?.suffices ?? false)
    if !canRerun(question) {
      guard mayRead, let reading else {
        guard let read, let reading else { throw noRestorer(question) }
        throw cannot(
          "\(shortcoming(of: read, reading)); nothing can restore a model of kind \"\(question.model.kind)\" to re-run it", question,
          "Ask less exactly, or register a restorer for that kind with register(kind:restore:).")
      }
      return PlannedQuestion(question, QueryPlan(taken: reading, alternatives: [reading]), read: read)
    }
    let reruns = try RerunPlanner(
      opened: opened, accuracy: accuracy, question: question, columns: read?.columns, borrows: borrows)
    let fromInput = try reruns.fromInput()
    var alternatives = (reading.map { [$0] } ?? []) + [fromInput]
    var starts: [StoredStart] = []
    // Every re-run runs the last stage at least: where that alone takes longer than reading, nothing else needs to be looked at.
    // Neither where looking takes longer than could be saved: of a pipeline with twenty stored ancestors it takes a millisecond, and twelve before a whole
    // table. Neither where nothing better was found the last time.
    let least = try reruns.leastSeconds() ?? .infinity
    let seconds = reading?.predictedSeconds ?? .infinity
    let isSettled = mayRead && (seconds <= least + reruns.searchSeconds || seconds <= reruns.fewestSecondsFound() ?? 0)
    if !isSettled || weighsAll {
      let found = try reruns.search()
      starts = found.starts
      alternatives += found.ways
    }
    alternatives.sort { $0.predictedSeconds ?? .infinity < $1.predictedSeconds ?? .infinity }
    // Paper section 5.1: READ if t_rerun >= t_read. Where nothing was measured, what is stored is read, and the rest is run from the input.
    let rerun = alternatives.first { $0.choice == .rerun && $0.predictedSeconds != nil } ?? fromInput
    if mayRead, let reading, reading.predictedSeconds! <= rerun.predictedSeconds ?? .infinity {
      return PlannedQuestion(question, QueryPlan(taken: reading, alternatives: alternatives), read: read)
    }
    return PlannedQuestion(
      question, QueryPlan(taken: rerun, alternatives: alternatives), starts: starts.filter { rerun.startsFrom.contains($0.name) })
  }

  /// What re-running takes from where it is cheapest, restoring the model left out; `nil` when a stage on every way was never measured.
  func cheapestRerunSeconds(_ question: Question) throws -> Double? {
    let reruns = try RerunPlanner(opened: opened, accuracy: .stored, question: question, restores: false)
    return try ([reruns.fromInput()] + reruns.ways(from: reruns.starts())).compactMap(\.predictedSeconds).min()
  }

  /// What reading the answer takes; `nil` when it is not stored, or not all of its columns are.
  func read(_ question: Question, counters: ReadCounters) throws -> PlannedRead? {
    guard let reference = try question.intermediate.manifest else { return nil }
    let manifest = try opened.store.manifest(reference)
    var partial: (schema: IntermediateSchema, asked: [Range<Int>])?
    let columns: [Range<Int>]
    if question.intermediate.isPartial {
      guard let stored = try opened.details(of: question.model).partials[question.intermediate.name] else { return nil }
      let asked = try question.columns(of: stored.schema)
      guard let places = stored.places(of: asked) else { return nil }
      guard manifest.schema.columnCount == stored.columns.count else {
        throw StoreError(
          .catalogue, "its receipt names \(stored.columns.count) stored columns, its manifest \(manifest.schema.columnCount)",
          at: question.place,
          remedy:
            "Something other than Mistique changed the store. Rebuild the catalogue: IntermediateStore.repair(at:), or `mistique repair`.")
      }
      (columns, partial) = (places, (stored.schema, asked))
    } else {
      columns = try question.columns(of: manifest.schema)
    }
    let rows = try StoredRows(store: opened.store, manifest: manifest).selection(question, counters: counters)
    let plan = try plan(manifest, columns: columns, rows: rows)
    return PlannedRead(plan: plan, partial: partial, coldBytes: plan.coldBytes())
  }

  /// What reading the answer takes from a model that has the same intermediate stored exactly; `nil` where there is none, and where this model's answers
  /// are pooled.
  private func borrowedRead(_ question: Question, counters: ReadCounters) throws -> PlannedRead? {
    guard borrows, question.intermediate.lineage != nil else { return nil }
    let policy = try opened.details(of: question.model).policy
    let scheme = policy.scheme(ofColumns: question.intermediate.columns, areMaps: true)
    guard policy.materialization == .none || scheme.pooling == nil,
      let borrowed = try BorrowedManifest.of(question.intermediate, in: question.model, opened)
    else { return nil }
    let columns = try question.columns(of: borrowed.manifest.schema)
    do {
      let rows = try StoredRows(store: opened.store, manifest: borrowed.manifest).selection(question, counters: counters)
      let plan = try plan(borrowed.manifest, columns: columns, rows: rows)
      return PlannedRead(plan: plan, partial: nil, coldBytes: plan.coldBytes(), owner: borrowed.owner)
    } catch let error as StoreError where error.isOfUnreadableData { return nil }
  }

  private typealias WeighedRead = (read: PlannedRead, way: QueryPlan.Alternative, suffices: Bool)

  /// What the model has stored, where that is near enough or nothing else is; otherwise what another has stored of the same.
  private func nearestRead(_ question: Question, counters: ReadCounters) throws -> WeighedRead? {
    let own = try read(question, counters: counters).map(weighed)
    if let own, own.suffices { return own }
    guard let borrowed = try borrowedRead(question, counters: counters).map(weighed), own == nil || borrowed.suffices else { return own }
    return borrowed
  }

  private func weighed(_ read: PlannedRead) throws -> WeighedRead {
    let way = try way(read)
    return (read, way, suffices(read, way))
  }

  /// Of an intermediate in rungs, the fewest that suffice.
  private func plan(_ manifest: IntermediateManifest, columns: [Range<Int>], rows: RowSelection) throws -> ReadPlan {
    guard case .within(let bound) = accuracy, manifest.scheme.values.rungs == .all else {
      return try opened.store.plan(manifest, columns: columns, rows: rows)
    }
    let base = try opened.store.plan(manifest, columns: columns, rows: rows, rungs: .base)
    guard isWithin(bound, manifest.scheme.values, try opened.store.errorBound(of: base)) else {
      return try opened.store.plan(manifest, columns: columns, rows: rows)
    }
    return base
  }

  private func canRerun(_ question: Question) -> Bool { opened.restorer(for: question.model.kind) != nil }

  private func noRestorer(_ question: Question) -> StoreError { question.model.noRestorer(at: question.place) }

  private func cannot(_ what: String, _ question: Question, _ remedy: String) -> StoreError {
    StoreError(.cannotPlan, what, at: question.place, remedy: remedy)
  }

  /// Whether the base of a ladder alone is within the bound that is asked for, and what it is within.
  func base(of question: Question) throws -> (isWithin: Bool, kept: String) {
    guard let reference = try question.intermediate.manifest, question.intermediate.isStored else {
      throw cannot("it is not stored, so it has no residual to give back", question, "Log the model with a policy that stores it.")
    }
    let manifest = try opened.store.manifest(reference)
    guard case .within(let bound) = accuracy, let kept = manifest.scheme.values.bound, manifest.scheme.values.rungs != nil,
      manifest.schema.isMaps
    else {
      throw StoreError(
        .invalid, "it is stored as \(manifest.scheme), which has no residual to give back", at: question.place,
        remedy: "Log the model with a ladder, or drop what can be re-run.")
    }
    // Where no value could be fitted to there are no rungs: what is stored is exact, and nothing can be given back.
    guard manifest.codebook != nil else { return (true, kept.argument) }
    let plan = try opened.store.plan(manifest, columns: [], rows: .positions([]), rungs: .base)
    let error = try opened.store.errorBound(of: plan)
    return (isWithin(bound, manifest.scheme.values, error), "\(kept.argument)\(error.map { ", which is \($0)" } ?? "")")
  }
}
