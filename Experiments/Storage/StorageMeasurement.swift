import ExperimentKit
import Foundation
import Mistique

/// What models take under each of several policies, logged one after the other: both halves of figure 6.
struct StorageMeasurement {
  struct Model {
    let identity: ModelIdentity
    let make: () throws -> any ExecutableModel
  }

  /// A policy under the paper's name for it.
  struct Policy {
    let name: String
    let policy: StoragePolicy
    /// Whether its partitions are encoded and counted and never kept, whatever the disk has room for.
    var isCounted = false
  }

  static let parameters = ["workload", "policy", "models"]

  let workload: String
  let models: [Model]
  /// Lets a store re-run the models.
  let register: (IntermediateStore) -> Void
  /// Bytes that a policy is expected to take, for telling whether the disk holds them.
  let expectedBytes: (Policy) -> Double
  let context: RunContext
  /// Measures what comes out of a store that was kept, once all models are in it.
  var inspect: (Policy, IntermediateStore, _ place: MeasurementTable.Parameters) throws -> Void = { _, _, _ in }
  /// What frames take where partitions are counted, for several measurements of the same frames; each store's own when nil.
  var countedFrames: CountedFrames?
  /// Values of parameters that the experiment has beside workload, policy and models.
  var settings: [String: String] = [:]

  /// Logs the models under each policy, into a store of its own that is removed afterwards.
  func run(_ policies: [Policy]) throws {
    for policy in policies {
      try context.checkpointed(label(policy, " under ")) { try measure(policy) }
    }
  }

  private func label(_ policy: Policy, _ separator: String) -> String {
    ([workload] + settings.values.sorted()).joined(separator: ", ") + separator + policy.name
  }

  private func measure(_ policy: Policy) throws {
    let folder = context.scratchDirectory.appendingPathComponent("stored")
    try? FileManager.default.removeItem(at: folder)  // left by an interrupted attempt
    var options = StoreOptions()
    options.keepsPartitions = try keepsPartitions(policy)
    options.countedFrames = countedFrames
    let store = try IntermediateStore(at: folder, options: options)
    let progress = context.progress(label(policy, ", "), total: models.count, unit: "models")
    var counts: StoredCounts?
    for (place, model) in models.enumerated() {
      try context.checkCancelled()
      let report = try store.logIntermediates(of: try model.make(), as: model.identity, policy: policy.policy.asInPaper) {
        Interruption.request != nil
      }
      let now = try StoredCounts(report, of: store, after: counts)
      try now.record(in: context, at: self.place(policy, models: place + 1))
      counts = now
      if options.keepsPartitions { context.state(diskBytes: Int64(try store.storage().storedBytes)) }
      progress.advance()
    }
    progress.finish()
    try context.record(Self.partitionsKept, options.keepsPartitions ? 1 : 0, unit: "1", at: place(policy, models: models.count))
    // Registered only now: a store that could re-run its models would try each when it is logged, for its cost model.
    register(store)
    if options.keepsPartitions {
      // Bit for bit.
      if policy.policy.isLossless { try verify(store, models[models.count - 1].identity) }
      try inspect(policy, store, place(policy, models: models.count))
    }
    try store.close()
    try FileManager.default.removeItem(at: folder)
  }

  private func place(_ policy: Policy, models: Int) -> MeasurementTable.Parameters {
    let place: MeasurementTable.Parameters = ["workload": workload, "policy": policy.name, "models": models]
    return place.merging(settings) { first, _ in first }
  }

  /// Half of the free disk may be filled, and no more than the scales state as their disk; what would take more is counted and not kept.
  private func keepsPartitions(_ policy: Policy) throws -> Bool {
    guard !policy.isCounted else { return false }
    let expected = expectedBytes(policy)
    let free = try Double(Resources.available(for: context.scratchDirectory).freeDiskBytes)
    let isMeasuring = context.configuration[Self.measureOnly] != nil
    if !isMeasuring, expected <= min(free / 2, Self.largestKeptBytes) { return true }
    context.say(
      "  \(workload) under \(policy.name): \(isMeasuring ? "as asked" : "about \(Quantity.bytes(expected)) are more than it may keep on disk"), so partitions "
        + "are encoded and counted, and not kept")
    return false
  }

  private static let largestKeptBytes = 10e9

  /// The metric that says whether the partitions were kept, after all models.
  static let partitionsKept = "partitionsKept"

  /// The configuration that asks for counting only.
  static let measureOnly = "partitions"

  /// What was stored must be what a re-run emits, bit for bit, in every intermediate.
  ///
  /// Intermediates are compared as many at a time as two copies of them fit the memory: one pass of the model gives all of them.
  private func verify(_ store: IntermediateStore, _ model: ModelIdentity) throws {
    var group: [IntermediateKey] = []
    var bytes = 0
    for intermediate in try store.intermediates(of: model) where intermediate.isStored {
      let key = IntermediateKey(model: model, intermediate: intermediate.name)
      if intermediate.logicalBytes > Self.largestComparison {
        try compare([key], rows: Self.someRows(of: intermediate.rows), in: store)
        continue
      }
      if bytes + intermediate.logicalBytes > Self.largestComparison {
        try compare(group, in: store)
        (group, bytes) = ([], 0)
      }
      group.append(key)
      bytes += intermediate.logicalBytes
    }
    try compare(group, in: store)
  }

  private func compare(_ keys: [IntermediateKey], rows: RowRequest = .all, in store: IntermediateStore) throws {
    guard !keys.isEmpty else { return }
    let rerun = try store.getIntermediates(keys, rows: rows, plan: .rerun) { Interruption.request != nil }
    let read = try store.getIntermediates(keys, rows: rows, plan: .read)
    for (key, (read, rerun)) in zip(keys, zip(read, rerun)) where !read.isIdentical(to: rerun) {
      throw ReadDiffersFromRerun(key: "\(key)", query: "verification")
    }
  }

  /// Two copies of more would not fit the memory. Of an intermediate that is larger by itself, every so many rows are compared.
  private static let largestComparison = 1_000_000_000

  private static func someRows(of count: Int) -> RowRequest {
    .ids(stride(from: 0, to: count, by: max(1, count / 1000)).map(Int64.init))
  }
}

/// What both halves of figure 6 read from the rows: bytes of the intermediates with directories and catalogue, without weights and boosters, which are
/// stored whatever the policy.
enum StoredBytes {
  static let metric = "intermediateBytes"

  static func last(_ table: MeasurementTable, _ workload: String, _ policy: String) throws -> Double {
    try table.value(metric, where: ["workload": workload, "policy": policy, "models": try models(table, workload)])
  }

  static func first(_ table: MeasurementTable, _ workload: String, _ policy: String) throws -> Double {
    try table.value(metric, where: ["workload": workload, "policy": policy, "models": 1])
  }

  static func models(_ table: MeasurementTable, _ workload: String) throws -> Int {
    try table.filter(metric, where: ["workload": workload]).values(of: "models").compactMap(Int.init).max() ?? 0
  }

  /// That DEDUP takes no more than STORE_ALL where both have stored the same chunks.
  ///
  /// - Parameters: for each its name, its bytes, and the chunks of the last model.
  static func isNotLarger(
    _ once: (name: String, bytes: Double, chunks: Double), than all: (name: String, bytes: Double, chunks: Double)
  ) -> ClaimVerdict {
    let isSameData = once.chunks > 0 && once.chunks == all.chunks
    return ClaimVerdict(
      // The catalogue may differ by a page of SQLite, which is not what the statement is about.
      holds: isSameData && once.bytes <= all.bytes + 8192,
      evidence: [.init(name: all.name, value: all.bytes), .init(name: once.name, value: once.bytes)],
      remark: isSameData ? nil : "\(once.name) and \(all.name) have not stored the same chunks.")
  }

  static let gates = [
    Gate("logicalBytes", .exact), Gate("chunks", .exact), Gate("duplicateChunks", .exact), Gate("passedChunks", .exact),
    Gate(
      "partitionBytes",
      .within(
        0.02, reason: "trained weights and predictions differ in their last bits between kinds of processors, and so do compressed sizes"),
      better: .lower),
    Gate("logSeconds", .reported), Gate(StorageMeasurement.partitionsKept, .reported),
  ]
}
