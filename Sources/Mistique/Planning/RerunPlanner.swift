import MistiqueStorage

/// The ways to re-run one question, and what each is predicted to take.
struct RerunPlanner {
  private let opened: OpenStore
  private let accuracy: Accuracy
  private let question: Question
  private let details: ModelDetails
  private let costs: ModelCosts
  private let answer: RerunCost.Answer
  private let restores: Bool
  private let borrows: Bool

  /// - Parameters:
  ///   - columns: those that are asked for, where the stored schema tells which they are.
  ///   - restores: false to leave restoring the model out, which is paid once and not by every query.
  ///   - borrows: whether a run may start from what another model has stored under the same lineage.
  init(
    opened: OpenStore, accuracy: Accuracy, question: Question, columns: [Range<Int>]? = nil, restores: Bool = true, borrows: Bool = true
  ) throws {
    self.restores = restores
    self.borrows = borrows
    self.opened = opened
    self.accuracy = accuracy
    self.question = question
    details = try opened.details(of: question.model)
    guard details.graph.stages.indices.contains(question.intermediate.stage) else {
      throw StoreError(
        .catalogue, "stage \(question.intermediate.stage) of \(details.graph.stages.count) emits it", at: question.place,
        remedy: "Something other than Mistique changed the catalogue. Rebuild it: IntermediateStore.repair(at:), or `mistique repair`.")
    }
    costs = try opened.costs(of: question.model)
    answer = RerunCost.Answer(question, columns: columns, isMaps: costs.runsOnSomeRows)
  }

  private var rows: Int { question.askedRows }
  private var target: String { question.intermediate.name }

  /// No re-run takes less: it runs the last stage and hands over the answer. `nil` when that stage was never measured.
  func leastSeconds() throws -> Double? { try seconds(from: [], stages: [question.intermediate.stage]) }

  /// What it took to weigh the cuts before, 0 when they were not.
  var searchSeconds: Double { costs.searchSeconds(for: target) ?? 0 }

  /// What the best cut took by the last prediction, where that is still to be trusted.
  func fewestSecondsFound() -> Double? { costs.fewestSeconds(of: cuts) }

  private var cuts: WeighedCuts { WeighedCuts(intermediate: target, accuracy: accuracy.description, rows: rows, bytes: answer.bytes) }

  /// The stored ancestors to start from, and the ways that they open.
  func search() throws -> (starts: [StoredStart], ways: [QueryPlan.Alternative]) {
    let began = ContinuousClock.now
    let starts = try starts()
    let ways = try ways(from: starts)
    costs.note(searchSeconds: (ContinuousClock.now - began).seconds, for: target)
    if opened.kept.has(question.model.receiptPlace), starts.allSatisfy({ $0.coldBytes == 0 }) {
      costs.note(fewestSeconds: ways.compactMap(\.predictedSeconds).min() ?? .infinity, of: cuts)
    }
    return (starts, ways)
  }

  /// From the model's input.
  func fromInput() throws -> QueryPlan.Alternative { try way(starts: [], stages: details.graph.stages(for: [target])) }

  /// From the stored intermediates `starts`; `nil` when they do not suffice.
  func way(from starts: [StoredStart]) throws -> QueryPlan.Alternative? {
    guard let run = details.graph.stages(for: [target], from: Set(starts.map(\.name))), run.used == Set(starts.map(\.name)) else {
      return nil
    }
    return try way(starts: starts, stages: run.stages)
  }

  /// From every set of stored intermediates that suffices, the ones together with the input among them.
  func ways(from starts: [StoredStart]) throws -> [QueryPlan.Alternative] {
    guard !starts.isEmpty else { return [] }
    let byName = Dictionary(starts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var search = CutSearch(
      details.graph, target: target, readSeconds: byName.mapValues { $0.seconds(opened.costs.read) },
      stageSeconds: details.graph.stages.indices.map { costs.seconds(ofStage: $0, rows: rows) ?? 0 })
    return try search.cuts().filter { !$0.starts.isEmpty }.map { try way(starts: $0.starts.map { byName[$0]! }, stages: $0.stages) }
  }

  private func way(starts: [StoredStart], stages: [Int]) throws -> QueryPlan.Alternative {
    QueryPlan.Alternative(
      choice: .rerun, startsFrom: starts.map(\.name).sorted(),
      predictedSeconds: try seconds(from: starts, stages: stages),
      frames: starts.reduce(0) { $0 + $1.plan.estimate.frames }, frameBytes: starts.reduce(0) { $0 + $1.plan.estimate.rawBytes },
      stages: stages.count, isExact: starts.allSatisfy(\.isExact))
  }

  private func seconds(from starts: [StoredStart], stages: [Int]) throws -> Double? {
    try opened.predictedSeconds(
      of: question.model, stages: stages, rows: rows, from: starts, handingOver: [answer], restores: restores)
  }

  /// The stored ancestors that hold what the stages after them read, of the rows that are asked for: the model's own, and where it has none, those
  /// that another model has stored under the same lineage.
  ///
  /// - Parameter passesOver: whether the model's own that is damaged is passed over, as everybody else's is: the run begins before it.
  func starts(passingOverDamage passesOver: Bool = true) throws -> [StoredStart] {
    let ancestors = details.graph.ancestors(of: target)
    guard !ancestors.isEmpty else { return [] }
    return try opened.catalog.intermediates(of: question.model).compactMap { intermediate in
      guard ancestors.contains(intermediate.name), intermediate.name != target else { return nil }
      if intermediate.isStored {
        do { if let own = try start(intermediate) { return own } } catch let error as StoreError
          where passesOver && error.isOfUnreadableData
        {}
      }
      return borrows ? try borrowed(intermediate) : nil
    }
  }

  /// The same intermediate as another model has it.
  private func borrowed(_ intermediate: CataloguedIntermediate) throws -> StoredStart? {
    guard let borrowed = try BorrowedManifest.of(intermediate, in: question.model, opened) else { return nil }
    do {
      return try StoredStart(
        name: intermediate.name, manifest: borrowed.manifest, rows: try rows(in: borrowed.manifest), store: opened.store,
        owner: borrowed.owner)
    } catch let error as StoreError where error.isOfUnreadableData { return nil }
  }

  /// Those that are asked for; of a frame, which stages take in whole, all.
  private func rows(in manifest: IntermediateManifest) throws -> RowSelection {
    guard manifest.schema.isMaps, case .ids(let ids) = question.rows else { return .all }
    return .positions(try StoredRows(store: opened.store, manifest: manifest).positions(of: ids, counters: ReadCounters()))
  }

  /// `nil` for what is pooled, and for what is quantized unless that will do.
  private func start(_ intermediate: CataloguedIntermediate) throws -> StoredStart? {
    guard let reference = try intermediate.manifest else { return nil }
    let manifest = try opened.store.manifest(reference)
    guard accuracy == .approximate || manifest.isExact, manifest.schema.columnCount == intermediate.columns,
      manifest.rows == intermediate.rows
    else { return nil }
    return try StoredStart(
      name: intermediate.name, manifest: manifest, rows: try rows(in: manifest), store: opened.store,
      owner: IntermediateID(model: question.model.id, name: intermediate.name))
  }
}

extension RerunCost.Answer {
  /// What a re-run hands over for `question`, whose answer has `columns`, all of them when nobody knows.
  init(_ question: Question, columns: [Range<Int>]?, isMaps: Bool) {
    self.init(bytes: question.answerBytes(columns: columns), layerBytes: isMaps ? question.answerBytes(columns: nil) : nil)
  }
}
