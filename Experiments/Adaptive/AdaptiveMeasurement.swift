import ExperimentKit
import Foundation
import Mistique

/// Logs the pipelines under a policy and asks the questions one after the other, recording after each what is stored and what it took.
///
/// Every fetched value and every answer is compared with what DEDUP's store reads, bit for bit; a difference ends the run.
struct AdaptiveMeasurement {
  static let parameters = ["policy", "question", "query", "intermediate"]
  /// Those that the questions are about.
  static let pipelines = Fig5aZillowQueries.pipelines
  static let logging = "logging"

  let tables: PipelineWorkload
  let context: RunContext

  private var queries: [DiagnosticQuery] {
    get throws {
      let identities = try Self.pipelines.map { PipelineWorkload.identity(try tables.pipeline($0)) }
      return PipelineQueries(trees: identities[0], otherTrees: identities[1], linear: identities[2]).all()
    }
  }

  private func folder(_ policy: AdaptivePolicy) -> URL {
    context.scratchDirectory.appendingPathComponent(policy.name.replacingOccurrences(of: " ", with: "-"))
  }

  /// Under each policy in a store of its own. DEDUP's is kept to the end: the answers of all others are compared with it.
  func run(_ policies: [AdaptivePolicy]) throws {
    for policy in policies {
      try context.checkpointed(policy.name) { try measure(policy) }
    }
    try? FileManager.default.removeItem(at: folder(.dedup))  // a resumed run that had nothing left to ask has none
  }

  /// DEDUP's store again, where its unit was taken over from an interrupted run whose scratch folder is gone.
  private func remakeReference() throws {
    guard !FileManager.default.fileExists(atPath: dedupFile.path) else { return }
    try? FileManager.default.removeItem(at: folder(.dedup))
    context.say("  logging the pipelines under \(AdaptivePolicy.dedup.name) again, to compare with")
    let store = try IntermediateStore(at: folder(.dedup))
    let logged = try logPipelines(try AdaptivePolicy.dedup.policy(dedup: DedupBytes()), store)
    try keepDedup(store, transformerBytes: logged.transformerBytes)
    try store.close()
  }

  private func measure(_ policy: AdaptivePolicy) throws {
    try? FileManager.default.removeItem(at: folder(policy))  // left by an interrupted attempt
    if policy.name != AdaptivePolicy.dedup.name { try remakeReference() }
    var store = try IntermediateStore(at: folder(policy))
    tables.register(in: store)
    let transformerBytes = try log(policy, store)
    guard policy.isAsked else {
      try store.close()
      return try FileManager.default.removeItem(at: folder(policy))
    }
    let reference = policy.name == AdaptivePolicy.dedup.name ? store : try IntermediateStore(at: folder(.dedup))
    var expected: [String: AskedQuestion] = [:]
    let queries = try queries
    let progress = context.progress("questions, \(policy.name)", total: QuestionSequence.count, unit: "questions")
    for (number, place) in QuestionSequence.places(kinds: queries.count, seed: context.seed).enumerated() {
      try context.checkCancelled()
      let query = queries[place]
      if policy.isCold { store = try reopened(store) }
      let asked = try AskedQuestion(query, store, .automatic)
      if expected[query.name] == nil { expected[query.name] = try AskedQuestion(query, reference, .read) }
      try asked.compare(with: expected[query.name]!, query, policy)
      try record(asked, policy, number + 1, query, store, transformerBytes)
      progress.advance()
    }
    progress.finish()
    let whole = Self.place(policy, QuestionSequence.count, "all")
    try context.record("identicalAnswers", QuestionSequence.count, unit: "answers", at: whole)
    try store.close()
    if policy.name != AdaptivePolicy.dedup.name { try FileManager.default.removeItem(at: folder(policy)) }
  }

  /// The store as a process has it that opens it after the machine was started.
  private func reopened(_ store: IntermediateStore) throws -> IntermediateStore {
    try store.close()
    try PageCache.evict(store.directory, at: context.scale)
    let opened = try IntermediateStore(at: store.directory)
    tables.register(in: opened)
    return opened
  }

  /// What DEDUP's store took, kept beside it for the policies after it, whichever attempt they run in.
  private var dedupFile: URL { folder(.dedup).appendingPathExtension("json") }

  /// Logs the pipelines; returns the bytes of their trained transformers, which are stored whatever the policy.
  private func log(_ policy: AdaptivePolicy, _ store: IntermediateStore) throws -> Int {
    let place = Self.place(policy, 0, Self.logging)
    let isDedup = policy.name == AdaptivePolicy.dedup.name
    let dedup = isDedup ? DedupBytes() : try JSONDecoder().decode(DedupBytes.self, from: Data(contentsOf: dedupFile))
    if case .budget(let share) = policy.kind { try context.record("budgetBytes", dedup.budget(share), unit: "B", at: place) }
    let storage = try policy.policy(dedup: dedup)
    let (seconds, transformerBytes) = try logPipelines(storage, store)
    try context.record("logSeconds", seconds, unit: "s", at: place)
    try recordStorage(store, transformerBytes, at: place)
    let partitionBytes = try store.storage().partitionBytes
    if policy.isEager, !policy.isCold { try context.record("loggedBytes", partitionBytes, unit: "B", at: place) }
    if isDedup { try keepDedup(store, transformerBytes: transformerBytes) }
    return transformerBytes
  }

  private func logPipelines(_ policy: StoragePolicy, _ store: IntermediateStore) throws -> (seconds: Double, transformerBytes: Int) {
    try Self.pipelines.reduce((0, 0)) { sum, name in
      let pipeline = try tables.pipeline(name)
      let report = try store.logIntermediates(
        of: tables.model(pipeline), as: PipelineWorkload.identity(pipeline), policy: policy.asInPaper
      ) { Interruption.request != nil }
      return (sum.0 + report.seconds, sum.1 + report.transformerBytes)
    }
  }

  private func keepDedup(_ store: IntermediateStore, transformerBytes: Int) throws {
    let bytes = DedupBytes(transformers: transformerBytes, intermediates: try store.storage().partitionBytes - transformerBytes)
    try JSONEncoder().encode(bytes).write(to: dedupFile, options: .atomic)
  }

  private static func place(
    _ policy: AdaptivePolicy, _ question: Int, _ query: String, _ intermediate: String = "all"
  ) -> MeasurementTable.Parameters {
    ["policy": policy.name, "question": question, "query": query, "intermediate": intermediate]
  }

  /// Bytes of the stored intermediates with their directories, without the trained transformers; of all partition files; and all that the store takes.
  private func recordStorage(_ store: IntermediateStore, _ transformerBytes: Int, at place: MeasurementTable.Parameters) throws {
    let storage = try store.storage()
    try context.record("intermediateBytes", storage.partitionBytes - transformerBytes, unit: "B", at: place)
    try context.record("partitionBytes", storage.partitionBytes, unit: "B", at: place)
    try context.record("storedBytes", storage.storedBytes, unit: "B", at: place)
    let stored = try Self.pipelines.reduce(0) { count, name in
      let identity = PipelineWorkload.identity(try tables.pipeline(name))
      return try count + store.intermediates(of: identity).count { $0.isStored || $0.isPartial }
    }
    try context.record("storedIntermediates", stored, unit: "intermediates", at: place)
    context.state(diskBytes: Int64(storage.storedBytes))
  }

  private func record(
    _ asked: AskedQuestion, _ policy: AdaptivePolicy, _ number: Int, _ query: DiagnosticQuery, _ store: IntermediateStore,
    _ transformerBytes: Int
  ) throws {
    let place = Self.place(policy, number, query.name)
    try context.record("querySeconds", asked.seconds, unit: "s", at: place)
    try recordStorage(store, transformerBytes, at: place)
    let costs = asked.results.map(\.cost)
    try context.record("framesRead", costs.reduce(0) { $0 + $1.framesDecoded }, unit: "frames", at: place)
    // Intermediates of one model are re-run together, and each names all of the stages.
    let stages = Dictionary(grouping: asked.results, by: \.model).values.map { $0.map(\.cost.stagesRun).max() ?? 0 }
    try context.record("stages", stages.reduce(0, +), unit: "stages", at: place)
    try context.record(
      "readIntermediates", asked.results.count { $0.plan.choice == .read }, unit: "intermediates", at: place)
    try context.record("intermediates", asked.results.count, unit: "intermediates", at: place)
    for result in asked.results {
      let one = Self.place(policy, number, query.name, "\(result.model).\(result.intermediate)")
      // What storing it would have been worth when the question was asked.
      if let gamma = result.plan.gamma { try context.record("gamma", gamma, unit: "s/GB", at: one) }
      if case .stored(let bytes) = result.materialized { try context.record("materializedBytes", bytes, unit: "B", at: one) }
    }
  }
}
