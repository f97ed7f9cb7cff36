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
  private let restorers = Mutex<[String: ModelRestorer]>([:])

  struct WriterBox: ~Copyable {
    nonisolated(unsafe) var writer: StoreWriter?
  }

  init(at directory: URL, options: StoreOptions) throws {
    var storeOptions = DataStore.Options()
    guard options.rowsPerBlock > 0 else {
      throw StoreError(.invalid, "\(options.rowsPerBlock) rows per RowBlock", at: directory.path, remedy: "Use at least 1; 1,000 is usual.")
    }
    storeOptions.rowsPerBlock = options.rowsPerBlock
    storeOptions.keepsPartitions = options.keepsPartitions
    try StoreFolder.check(directory, keepsPartitions: options.keepsPartitions)
    self.directory = directory
    self.options = options
    store = try DataStore(directory: directory.path, options: storeOptions)
    catalog = try MetadataDB(directory: directory.path)
    costs = QueryCostModel(try catalog.costConstants())
  }

  deinit { flushStatisticsIfPossible() }

  func register(kind: String, restore: @escaping ModelRestorer) { restorers.withLock { $0[kind] = restore } }

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

  /// The model, made from its stored transformers as a fresh process would.
  func restore(_ model: CataloguedModel) throws -> any ExecutableModel {
    guard let restore = restorer(for: model.kind) else {
      throw StoreError(
        .cannotPlan, "nothing can restore a model of kind \"\(model.kind)\"", at: "\(model.identity)",
        remedy: "Register a restorer for that kind with register(kind:restore:).")
    }
    let transformers = try catalog.transformers(of: model).map { StoredTransformer(name: $0.name, bytes: try store.record($0.blob)) }
    return try restore(
      StoredModel(
        identity: model.identity, kind: model.kind, specification: try details(of: model).specification, transformers: transformers))
  }

  /// Everything that `models` refer to.
  func reachability(of models: [CataloguedModel]) throws -> Reachability {
    var reached = Reachability()
    for model in models {
      for intermediate in try catalog.intermediates(of: model) {
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
    do {
      try catalog.save(entries)
      try catalog.setCostConstants(costs.constants)
    } catch {
      journal.putBack(entries)
      throw error
    }
  }

  /// Counts of queries are statistics: that the last of them cannot be written, on a full disk for one, must not fail anything else.
  func flushStatisticsIfPossible() { try? flushStatistics() }

  // MARK: The right to write

  /// The writer that is open, or a new one.
  ///
  /// - Throws: `StoreError`: `locked`, what keeps the store from being written, what a damaged partition gives.
  func openWriter(_ open: StoreWriter?, isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> StoreWriter {
    if let open { return open }
    if let obstacle = catalog.obstacle { throw obstacle }
    let patience = WriterPatience(limit: options.writerPatience, whenWaiting: options.whenWaiting, isCancelled: isCancelled)
    return try StoreWriter(store: store, patience: patience, committed: committedPartitions)
  }

  /// What the catalogue lists, once nothing that a model needs is missing from it: files that are not on the list count as left over and are removed.
  ///
  /// Complexity: O(partitions), or where files are left over, O(chunks).
  private func committedPartitions() throws -> StoreWriter.Committed {
    let committed = try catalog.committedPartitions()
    guard store.options.keepsPartitions, try store.partitionFiles().contains(where: { committed[$0.id] == nil }) else { return committed }
    if let lost = try reachability(of: catalog.models()).partitions.first(where: { committed[$0] == nil }) {
      throw StoreError(
        .catalogue, "models refer to partition \(lost), which the catalogue does not list", at: directory.path,
        remedy: "Something other than Mistique changed the catalogue. Rebuild it: IntermediateStore.repair(at:), or `mistique repair`.")
    }
    return committed
  }
}
