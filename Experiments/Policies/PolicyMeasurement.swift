import ExperimentKit
import Foundation
import Mistique

/// Logs a source under one policy after the other, and records bytes, logging, questions and accuracy of each.
struct PolicyMeasurement {
  static let parameters = ["policy", "intermediate", "question"]
  /// Where a row is of all intermediates, or of no question.
  static let all = "all"
  static let none = "none"
  /// The policy of rows about the values as they are, before anything is stored.
  static let raw = "raw"

  let source: any PolicySource
  let context: RunContext

  private var folder: URL { context.scratchDirectory.appendingPathComponent("policy") }

  func run() throws {
    let reference = try reference()
    let intermediates = try QuestionedIntermediate.all(of: source.models[0].identity, in: reference, sample: Self.sample(context.scale))
    guard !intermediates.isEmpty else { throw NothingToQuestion(model: "\(source.models[0].identity)") }
    try context.checkpointed("raw values") { try recordRaw(intermediates, reference) }
    let candidates = PolicyCandidate.all.filter { $0.applies(to: intermediates) }
    let progress = context.progress("policies", total: candidates.count * (1 + intermediates.count), unit: "steps")
    for candidate in candidates {
      try context.checkpointed(candidate.name) { try measure(candidate, intermediates, reference, progress) }
      progress.advance(to: (1 + intermediates.count) * (1 + (candidates.firstIndex { $0.name == candidate.name } ?? 0)))
    }
    progress.finish()
    try reference.close()
  }

  /// How many rows of an intermediate are compared at most: SVCCA takes the cube of them.
  private static func sample(_ scale: ExperimentKit.Scale) -> Int {
    switch scale {
    case .smoke: 200
    case .ci: 500
    case .small: 1_000
    case .paper: 2_000
    }
  }

  /// Everything in full precision, which every policy is compared with. An interrupted run has left it.
  private func reference() throws -> IntermediateStore {
    let store = try IntermediateStore(at: context.scratchDirectory.appendingPathComponent("reference"))
    let present = Set(try store.models().map(\.identity))
    let missing = source.models.filter { !present.contains($0.identity) }
    guard !missing.isEmpty else { return store }
    let made = try missing.map { (identity: $0.identity, model: try $0.make()) }
    let progress =
      source.emittedRows.map { context.progress("logging in full precision, to compare with", total: $0, unit: "rows") }
      ?? context.progress(
        "logging in full precision, to compare with", total: made.reduce(0) { $0 + $1.model.stages.flatMap(\.outputs).count },
        unit: "intermediates")
    let countsRows = source.emittedRows != nil
    for (identity, model) in made {
      // A table comes whole, so that each piece is an intermediate.
      let reported = ReportedModel(model) { _, rows in progress.advance(by: countsRows ? rows : 1) }
      try store.logIntermediates(of: reported, as: identity, policy: .storeAll) { Interruption.request != nil }
    }
    progress.finish()
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    return store
  }

  private func recordRaw(_ intermediates: [QuestionedIntermediate], _ reference: IntermediateStore) throws {
    let logged = try source.models.reduce(0) { sum, model in
      try reference.intermediates(of: model.identity).reduce(sum) { $0 + $1.logicalBytes }
    }
    let place: MeasurementTable.Parameters = ["policy": Self.raw, "intermediate": Self.all, "question": Self.none]
    try context.record("rawBytes", source.rawBytes(logged: logged), unit: "B", at: place)
    try context.record("models", source.models.count, unit: "models", at: place)
    for asked in intermediates {
      let place: MeasurementTable.Parameters = ["policy": Self.raw, "intermediate": asked.name, "question": Self.none]
      try context.record("rows", asked.rows, unit: "rows", at: place)
      try context.record("columns", asked.schema.columnCount, unit: "columns", at: place)
      try context.record("comparedRows", asked.compared.count, unit: "rows", at: place)
      try context.record("hasFloats", asked.hasFloats ? 1 : 0, unit: "1", at: place)
      try context.record("hasMaps", asked.hasMaps ? 1 : 0, unit: "1", at: place)
    }
  }

  private func measure(
    _ candidate: PolicyCandidate, _ intermediates: [QuestionedIntermediate], _ reference: IntermediateStore, _ progress: ProgressReporter
  ) throws {
    let place: MeasurementTable.Parameters = ["policy": candidate.name, "intermediate": Self.all, "question": Self.none]
    let store = try log(candidate, at: place)
    progress.advance()
    for asked in intermediates {
      try context.checkCancelled()
      try ask(asked, candidate, store)
      try compare(asked, candidate, store, reference)
      progress.advance()
    }
    try store.close()
    try FileManager.default.removeItem(at: folder)
  }

  // MARK: Logging

  /// Logs everything as often as the run repeats, each time right after what it is compared with: what disturbs one disturbs the other. Leaves the last
  /// store.
  private func log(_ candidate: PolicyCandidate, at place: MeasurementTable.Parameters) throws -> IntermediateStore {
    var rounds: [(baseline: Double, logging: Double)] = []
    var last: (store: IntermediateStore, reports: [LoggingReport])?
    while Patience.goesOn(after: rounds.map { $0.baseline + $0.logging }, context: context) {
      try context.checkCancelled()
      try last?.store.close()
      let baseline = try source.baselineSeconds(in: context.scratchDirectory.appendingPathComponent("baseline"))
      try? FileManager.default.removeItem(at: folder)  // the last round's, or an interrupted attempt's
      let models = try source.models.map { (identity: $0.identity, model: try $0.make()) }
      let store = try IntermediateStore(at: folder)
      let reports = try models.map { model in
        try store.logIntermediates(of: model.model, as: model.identity, policy: candidate.policy) { Interruption.request != nil }
      }
      rounds.append((baseline, reports.reduce(0) { $0 + $1.seconds }))
      last = (store, reports)
    }
    guard let (store, reports) = last else { preconditionFailure("nothing was logged") }
    let storage = try store.storage()
    context.state(diskBytes: Int64(storage.storedBytes))
    // Without what is stored whatever the policy: weights and boosters, and the catalogue, which is most of a tiny store.
    try context.record("storedBytes", storage.partitionBytes - reports.reduce(0) { $0 + $1.transformerBytes }, unit: "B", at: place)
    try context.record("catalogBytes", storage.catalogBytes, unit: "B", at: place)
    try context.record("chunks", reports.reduce(0) { $0 + $1.chunks }, unit: "chunks", at: place)
    try context.record("duplicateChunks", reports.reduce(0) { $0 + $1.duplicateChunks }, unit: "chunks", at: place)
    try context.record("baselineSeconds", Timings(seconds: rounds.map(\.baseline)), at: place)
    try context.record("logSeconds", Timings(seconds: rounds.map(\.logging)), at: place)
    try context.record("overhead", Timings.median(of: rounds.map { $0.logging / $0.baseline }), unit: "x", at: place)
    return store
  }

  // MARK: Questions

  private func ask(_ asked: QuestionedIntermediate, _ candidate: PolicyCandidate, _ store: IntermediateStore) throws {
    for question in PolicyQuestion.allCases {
      // Not timed: opens files and reads their directories, which is paid once.
      let touched = try question.ask(asked, of: store)
      var seconds: [Double] = []
      while Patience.goesOn(after: seconds, context: context) {
        try context.checkCancelled()
        seconds.append(try Stopwatch.time { _ = try question.ask(asked, of: store) }.seconds)
      }
      let place: MeasurementTable.Parameters = ["policy": candidate.name, "intermediate": asked.name, "question": question.rawValue]
      try context.record("readSeconds", Timings(seconds: seconds), at: place)
      try context.record("bytesRead", touched.bytesRead, unit: "B", at: place)
      try context.record("framesDecoded", touched.framesDecoded, unit: "frames", at: place)
    }
  }

  // MARK: Accuracy

  private func compare(
    _ asked: QuestionedIntermediate, _ candidate: PolicyCandidate, _ store: IntermediateStore, _ reference: IntermediateStore
  ) throws {
    let kept = try KeptAccuracy(of: ComparedValues(asked, from: store), against: ComparedValues(asked, from: reference))
    guard candidate.isLossy || kept.errors.greatest == 0 && kept.errors.lost == 0 else {
      throw ReadDiffersFromRerun(key: "\(asked.key())", query: candidate.name)
    }
    let place: MeasurementTable.Parameters = ["policy": candidate.name, "intermediate": asked.name, "question": Self.none]
    try context.record("greatestError", kept.errors.greatest, unit: "1", at: place)
    try context.record("meanError", kept.errors.mean, unit: "1", at: place)
    try context.record("greatestErrorShare", kept.errors.greatestShare, unit: "deviations", at: place)
    try context.record("meanErrorShare", kept.errors.meanShare, unit: "deviations", at: place)
    try context.record("lostValues", kept.errors.lost, unit: "values", at: place)
    if let overlap = kept.neighbours { try context.record("neighboursKept", overlap, unit: "1", at: place) }
    if let similarity = kept.similarity { try context.record("similarity", similarity, unit: "1", at: place) }
    if let gap = kept.similarityGap, candidate.name == PolicyCandidate.all[0].name { context.say("  no SVCCA of \(asked.name): \(gap)") }
  }
}

/// A model of whose intermediates none can be questioned.
struct NothingToQuestion: Error, CustomStringConvertible {
  let model: String

  var description: String {
    "\(model): none of its intermediates has rows with numbers, so there is nothing to compare. Give another model."
  }
}
