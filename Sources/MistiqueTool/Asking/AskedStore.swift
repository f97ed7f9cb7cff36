import ArgumentParser
import ConvolutionalNetworks
import Foundation
import Groundwork
import Mistique
import TabularPipelines

/// A store that is open for a question, with what re-runs need at hand.
///
/// After a fetch it writes one line per intermediate to standard error. It computes nothing from the values.
struct AskedStore {
  let store: IntermediateStore
  let sources: SourceOptions
  let input: LoggedInput?

  init(_ argument: StoreArgument, _ sources: SourceOptions) throws {
    try self.init(opened: argument.open(), sources)
    Interruption.install()
  }

  private init(opened: IntermediateStore, _ sources: SourceOptions) throws {
    if sources.inputs.data != nil || sources.inputs.images != nil { PassiveWaiting.begin() }
    self.sources = sources
    store = opened
    if let data = sources.inputs.data {
      let folder = try DataFolder.url(data)
      store.register(kind: PipelineModel.kind) { try PipelineModel(restoring: $0, dataDirectory: folder) }
    }
    input = sources.inputs.imageFiles.map(LoggedInput.init)
    if let input { store.register(kind: NetworkModel.kind) { try input.restore($0) } }
  }

  /// For giving up what a re-run brings back. Ctrl-C ends the process, also while it waits for another writer: nothing asks for a clean stop there, and the
  /// store is whole after any end.
  init(_ argument: StoreArgument, _ inputs: LoggedInputOptions, _ options: StoreOptions) throws {
    var sources = try SourceOptions.parse([])
    sources.inputs = inputs
    try self.init(opened: argument.open(options), sources)
  }

  init(_ asking: AskingOptions) throws { try self.init(asking.store, asking.sources) }

  /// One result per intermediate, in the order in which the keys first name them, each told on standard error.
  func fetch(_ keys: [IntermediateKey], rows: RowRequest) throws -> [IntermediateResult] {
    let results = try fetchSilently(keys, rows: rows)
    for result in results { tell(result) }
    return results
  }

  /// As `fetch`, for a caller that tells itself when it is done.
  func fetchSilently(_ keys: [IntermediateKey], rows: RowRequest) throws -> [IntermediateResult] {
    for key in Self.intermediates(keys) { try prepare(key) }
    return try advising {
      try store.getIntermediates(keys, rows: rows, plan: sources.plan.preference, accuracy: sources.accuracy) { Interruption.isRequested }
    }
  }

  /// Calls `body`, which asks the store, and says of what it throws what to do here.
  private func advising<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch is CancellationError {
      throw Interruption.exitCode
    } catch let error as StoreError
      where error.code == .cannotPlan && sources.plan == .automatic && sources.inputs.data == nil && input == nil
    {
      // What the engine advises, to register a restorer, is not how it is done here.
      throw StoreError(
        error.code, error.what, at: error.place,
        remedy: "Give --images, of a network, or --data, of a pipeline, to re-run it; or ask less exactly, as with --within.")
    } catch let error as StoreError where error.code == .missingRow {
      throw StoreError(error.code, error.what, at: error.place, remedy: "Omit --rows to see which there are.")
    }
  }

  /// How each intermediate would be fetched, in the order in which the keys first name them; nothing is fetched or counted.
  func explain(_ keys: [IntermediateKey], rows: RowRequest) throws -> [(intermediate: String, plan: QueryPlan)] {
    let intermediates = Self.intermediates(keys)
    for key in intermediates { try prepare(key) }
    let plans = try store.explain(keys.map(\.description), rows: rows, plan: sources.plan.preference, accuracy: sources.accuracy)
    return zip(intermediates, plans).map { ("\($0.model).\($0.intermediate)", $1) }
  }

  static func intermediates(_ keys: [IntermediateKey]) -> [IntermediateKey] {
    var seen: Set<IntermediateKey> = []
    return keys.map(\.ofIntermediate).filter { seen.insert($0).inserted }
  }

  /// As `fetch`, with the rows brought together.
  func answer(_ keys: [IntermediateKey], rows: AskedRows?) throws -> AskedAnswer {
    try requireSharedRows(keys, areNamed: rows != nil)
    return try AskedAnswer(keys, try fetch(keys, rows: rows?.request ?? .all))
  }

  /// As `answer`, of no more rows than those that could be in the answer, where a base says so by itself, told on standard error; else of those that were
  /// asked for.
  ///
  /// - Parameter kept: a row that is fetched in any case.
  func answer(
    _ keys: [IntermediateKey], rows: AskedRows?, keeping kept: Int64? = nil, candidates find: (RowRequest) throws -> CandidateRows?
  ) throws -> (answer: AskedAnswer, found: CandidateRows?) {
    func fetched(_ rows: AskedRows?) throws -> [IntermediateResult] {
      try fetch(keys, rows: (kept.flatMap { id in rows.map { $0.adding(id) } } ?? rows)?.request ?? .all)
    }
    try requireSharedRows(keys, areNamed: rows != nil)
    // A forced re-run is one of everything, and less than the policy keeps is not what a base is asked for.
    guard sources.plan != .rerun, sources.accuracy == .stored || sources.accuracy == .exact,
      let found = try advising({ try find(rows?.request ?? .all) }), !found.rowIDs.isEmpty || kept == nil
    else { return (try AskedAnswer(keys, fetched(rows)), nil) }
    Output.note(
      "By the base, in \(Output.grouped(found.cost.bytesRead)) bytes: \(Output.grouped(found.rowIDs.count)) of \(Output.grouped(found.rows)) rows could be in "
        + "the answer.")
    if found.rowIDs.isEmpty {
      // No values are exact as they are: nothing is re-run for them.
      return (try AskedAnswer(keys, advising { try store.getIntermediates(keys, rows: .ids([]), accuracy: .approximate) }), found)
    }
    do {
      let results = try fetched(AskedRows(ids: found.rowIDs))
      if results.allSatisfy({ $0.receipt == found.receipt }) { return (try AskedAnswer(keys, results), found) }
    } catch let error as StoreError where error.code == .missingRow {}  // of another model, which was stored under the name since
    Output.note("What is stored was changed between the two: all rows are fetched.")
    return (try AskedAnswer(keys, fetched(rows)), nil)
  }

  /// Counts the question in the store, where that can be written.
  func finish() {
    do { try store.close() } catch { Output.note("The query could not be counted in the store: \(error)") }
  }

  /// Throws what is missing where only a re-run can answer.
  private func prepare(_ key: IntermediateKey) throws {
    let record = try store.intermediates(of: key.model).first { $0.name == key.intermediate }
    // The query itself reports an unknown intermediate, with the names that there are.
    guard let record, let model = try store.models().first(where: { $0.identity == key.model }) else { return }
    let place = "\(key.model).\(key.intermediate)"
    if sources.plan == .read, !record.isStored, !record.isPartial {
      throw StoreError(
        .cannotPlan, "it is not stored, so it cannot be read", at: place, remedy: "Omit --plan and give --data or --images, to re-run it.")
    }
    // Of one that is stored in part, the asked columns may be there.
    guard sources.plan == .rerun || !(record.isStored || record.isPartial) else { return }
    func missing(_ what: String, _ remedy: String) -> StoreError {
      StoreError(
        .cannotPlan, record.isStored ? "a re-run needs the \(what)" : "it is not stored, and a re-run needs the \(what)", at: place,
        remedy: remedy)
    }
    switch model.kind {
    case PipelineModel.kind:
      guard sources.inputs.data == nil, !isReadElsewhere(key) else { return }
      throw missing("input files", "Give --data, the folder with the files that were logged.")
    case NetworkModel.kind:
      guard input == nil, !isReadElsewhere(key) else { return }
      throw missing("images", "Give --images, the folder of CIFAR-10 or the .npy file with the images that were logged.")
    default:
      guard !isReadElsewhere(key) else { return }
      throw StoreError(
        .cannotPlan, "this command re-runs pipelines and networks, and this model is a \(model.kind)", at: place,
        remedy: record.isStored ? "Omit --plan to read it." : "Query it from a program that registers a restorer for that kind.")
    }
  }

  /// Whether another model has the same stored, from which the planner would read it.
  private func isReadElsewhere(_ key: IntermediateKey) -> Bool {
    guard sources.plan == .automatic, let plans = try? store.explain([key.description], accuracy: sources.accuracy) else { return false }
    return plans.allSatisfy { $0.choice == .read }
  }

  /// How a result was fetched, in one line, and what else there is to say of it.
  func tell(_ result: IntermediateResult) {
    let (rows, stages) = (result.rowIDs.count, result.cost.stagesRun)
    var how = "read"
    if result.plan.choice == .rerun {
      let start = result.plan.taken.startsFrom
      how = "re-run (\(stages) stage\(stages == 1 ? "" : "s")\(start.isEmpty ? "" : " from \(start.joined(separator: ", "))"))"
    }
    if let bound = result.errorBound, bound > 0 { how += ", no value off by more than \(CellText.short(bound))" }
    let predicted = result.plan.predictedSeconds.map { " (predicted \(Output.seconds($0)))" } ?? ""
    Output.note(
      "\(result.model).\(result.intermediate): \(Output.grouped(rows)) row\(rows == 1 ? "" : "s"), \(how), "
        + "\(Output.seconds(result.cost.seconds))\(predicted), \(Output.grouped(result.cost.bytesRead)) bytes read")
    if !result.unverifiedInputs.isEmpty {
      Output.note(
        "The model was logged before digests of input files were kept, so it cannot be verified that these are the files that were logged: "
          + "\(result.unverifiedInputs.joined(separator: ", ")).")
    }
    switch result.materialized {
    case .stored(let bytes): Output.note("It is now stored, in \(Output.grouped(bytes)) bytes.")
    case .postponed(let reason): Output.note("It is worth storing, but could not be stored now: \(reason)")
    case nil: break
    }
  }
}
