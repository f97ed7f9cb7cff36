import Foundation
import MistiqueStorage
import Synchronization

/// A store that is open: what logging, queries and maintenance work on together.
///
/// Owns the MetadataDB, the DataStore, the cost model, the restorers and the right to write. Takes no decision.
final class OpenStore: Sendable {
  let directory: URL
  let options: StoreOptions
  let catalog: MetadataDB
  let store: DataStore
  let costs: QueryCostModel
  let journal = QueryJournal()
  /// Details of models from their receipts, cached by receipt.
  let details = Mutex<[ChunkReference: ModelDetails]>([:])
  /// Held while a model is being logged; the writer stays open between models, with the lock, so that it knows every stored chunk.
  let writing = Mutex<WriterBox>(WriterBox())
  /// What each model costs, cached by receipt.
  private let modelCosts = Mutex<[ChunkReference: ModelCosts]>([:])
  /// What intermediates took on disk when they were stored by a query of this process, by their number in the catalogue.
  let bytesTaken = Mutex<[Int64: BytesTaken]>([:])
  /// Held by every query, so that what it reads is not given up meanwhile.
  let readers: ReadersLock
  /// Bytes of trained parts, where partitions are not kept and cannot give them.
  let countedParts = Mutex<[ChunkReference: [UInt8]]>([:])
  /// What maps took, where partitions are not kept: those of an equal lineage are counted again from it.
  let countedMaps = Mutex<[RememberedMaps.Key: RememberedMaps]>([:])
  /// Models that were restored, for the next re-run of them.
  let kept: KeptModels
  private let restorers = Mutex<[String: ModelRestorer]>([:])

  /// What `newBytes` uncompressed bytes took on disk. Says nothing about an intermediate that has others now: part of it was given back, or it was deleted and
  /// another has its number.
  struct BytesTaken {
    let newBytes: Int
    let onDisk: Int
  }

  private static let mostRowsPerBlock = 1 << 24

  struct WriterBox: ~Copyable {
    nonisolated(unsafe) var writer: StoreWriter?
    /// What the loggings of this writer have read.
    var frames = RecentFrames()
  }

  init(at directory: URL, options: StoreOptions) throws {
    var storeOptions = DataStore.Options()
    guard (1...Self.mostRowsPerBlock).contains(options.rowsPerBlock) else {
      throw StoreError(
        .invalid, "\(options.rowsPerBlock) rows per RowBlock", at: directory.path,
        remedy: "Use 1 to \(Self.mostRowsPerBlock); 1,000 is usual.")
    }
    storeOptions.rowsPerBlock = options.rowsPerBlock
    storeOptions.keepsPartitions = options.keepsPartitions
    if let frames = options.countedFrames { storeOptions.countedFrames = frames }
    storeOptions.writesThrough = options.writesThrough
    try StoreFolder.check(directory, keepsPartitions: options.keepsPartitions)
    self.directory = directory
    self.options = options
    store = try DataStore(directory: directory.path, options: storeOptions)
    catalog = try MetadataDB(directory: directory.path)
    costs = QueryCostModel(try catalog.costConstants())
    kept = KeptModels(limit: options.modelsKept)
    readers = ReadersLock(directory: directory.path)
    if options.keepsPartitions, catalog.obstacle == nil { readers.make() }
  }

  deinit { flushStatisticsIfPossible() }

  func register(kind: String, restore: @escaping ModelRestorer) {
    restorers.withLock { $0[kind] = restore }
    // What the old restorer made may be made otherwise now.
    kept.forget()
  }

  func restorer(for kind: String) -> ModelRestorer? { restorers.withLock { $0[kind] } }

  func model(_ identity: ModelIdentity) throws -> CataloguedModel {
    if let model = try catalog.model(identity) { return model }
    let names = try catalog.models().map(\.identity.description)
    throw StoreError(
      .notFound, "there is no such model", at: "\(identity)",
      remedy: names.isEmpty
        ? "The store at \(directory.path) is empty."
        : "There are: \(names.prefix(20).joined(separator: ", "))\(names.count > 20 ? ", ..." : "").")
  }

  /// Whether a model is there as it was looked up: not deleted, and nothing of it stored or given up.
  func isUnchanged(_ model: CataloguedModel) throws -> Bool {
    guard let current = try catalog.model(model.identity) else { return false }
    return current.id == model.id && current.receiptPlace == model.receiptPlace
  }

  /// What the model costs: as the catalogue has it when it is first asked for, and then as this process measures it.
  func costs(of model: CataloguedModel) throws -> ModelCosts {
    let receipt = try model.receipt
    if let known = modelCosts.withLock({ $0[receipt] }) { return known }
    let newer = journal.measured(model: model.id)
    let costs = ModelCosts(
      restoreSeconds: newer.restoreSeconds ?? model.restoreSeconds,
      stages: try catalog.stageCosts(of: model).merging(newer.stages) { $1 })
    return modelCosts.withLock { all in
      let first = all[receipt] ?? costs
      all[receipt] = first
      return first
    }
  }

  /// Takes in what a run of the model took.
  func note(_ model: CataloguedModel, restoreSeconds: Double?, stages: [StageMeasurement]) throws {
    let changed = try costs(of: model).note(restoreSeconds: restoreSeconds, stages)
    journal.note(model: model.id, restoreSeconds: restoreSeconds, stages: changed)
  }

  /// Everything that `models` refer to.
  ///
  /// - Parameters:
  ///   - isForgotten: intermediates of which nothing is needed.
  ///   - isCancelled: asked between models; true ends it with `CancellationError`.
  func reachability(
    of models: [CataloguedModel], leavingOut isForgotten: (CataloguedIntermediate) -> Bool = { _ in false },
    isCancelled: () -> Bool = { false }
  ) throws -> Reachability {
    var reached = Reachability()
    for model in models {
      if isCancelled() { throw CancellationError() }
      for intermediate in try catalog.intermediates(of: model) where !isForgotten(intermediate) {
        if let manifest = try intermediate.manifest { try store.reach(intermediate: manifest, into: &reached) }
      }
      for transformer in try catalog.transformers(of: model) { try store.reach(record: transformer.blob, .blob, into: &reached) }
      if let receipt = try catalog.receipt(of: model) { try store.reach(record: receipt, .receipt, into: &reached) }
    }
    return reached
  }

  // MARK: Statistics

  /// Writes counts and measurements to the catalogue, unless the store can only be read; what cannot be written is kept for the next time.
  func flushStatistics() throws {
    guard catalog.obstacle == nil else { return }
    let entries = journal.take()
    guard !entries.isEmpty else { return }
    do { try catalog.save(entries) } catch {
      journal.putBack(entries)
      throw error
    }
    // Not put back for these: the counts are written.
    try catalog.setCostConstants(costs.constants)
  }

  /// Counts of queries are statistics: that the last of them cannot be written, on a full disk for one, must not fail anything else.
  func flushStatisticsIfPossible() { try? flushStatistics() }

  // MARK: The right to write

  /// Lets go of a writer that knows the files as they were, and no longer are. The next one may refer to what came back, and to nothing that is gone.
  func letGoOfOutdatedWriter(_ box: inout WriterBox) {
    // The lock goes with it, so that the next one can take it.
    if box.writer?.isOutdated == true { box.writer = nil }
  }

  /// The writer that is open, or a new one.
  ///
  /// - Throws: `StoreError`: `locked`, what keeps the store from being written, what `StoreWriter` and `committedPartitions` refuse.
  ///
  /// - Parameter waits: whether to wait for another writer as long as the options say.
  func openWriter(
    _ open: StoreWriter?, waits: Bool = true, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> StoreWriter {
    if let open {
      try catalog.requireInPlace()
      return open
    }
    if let obstacle = catalog.obstacle { throw obstacle }
    let patience = WriterPatience(limit: waits ? options.writerPatience : .zero, whenWaiting: options.whenWaiting, isCancelled: isCancelled)
    return try StoreWriter(store: store, patience: patience, committed: committedPartitions)
  }
}
