import Foundation
import MistiqueStorage
import Synchronization

/// A store of model intermediates: log a model once, ask for any intermediate of it ever after.
///
///     let store = try IntermediateStore(at: folder)
///     store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, images: images) }
///     try store.logIntermediates(of: model, as: ModelIdentity(project: "cifar10", name: "cnn"), policy: .dedup)
///     let maps = try store.getIntermediates(["cifar10.cnn.layer4.n35"], rows: .ids([17]))[0]
///
/// Owns: the catalogue, the choice of what to store and of whether to read or to re-run. Never does: touch the bytes of a partition
/// (the storage floor does) or know what a stage computes (the model does).
///
/// One process writes at a time, any number read. Reading needs nothing but the right to read: from a store that cannot be written (another user's, a
/// read-only file system, a full disk) everything can be asked that is stored, as it was when the store was opened, and questions are not counted.
///
/// Source: Vartak et al., SIGMOD 2018, sections 2 to 4, DOI 10.1145/3183713.3196934.
public final class IntermediateStore: Sendable {
  public struct Options: Sendable {
    /// Rows in a RowBlock; intermediates with very wide rows have fewer.
    public var rowsPerBlock = 1000
    /// False to measure only: everything is encoded and counted, and nothing but the catalogue is written, for data that no disk here can hold.
    /// `storage()` and reports are as for a store that keeps its partitions; nothing can be read or re-run from it, and it cannot be opened
    /// again. Chunks of equal fingerprints (64 bits) count as equal: among 2.5 million, one in 6 million such stores has a wrong one.
    public var keepsPartitions = true
    /// How long logging and deleting wait for another process that is writing to the store. Without waiting they throw `StoreError` (`locked`).
    public var writerPatience = Duration.zero
    /// Called once when such a wait begins, on the thread that waits.
    public var whenWaiting: @Sendable () -> Void = {}

    public init() {}
  }

  public let directory: URL
  let catalog: MetadataDB
  let store: DataStore
  let costs: QueryCostModel
  let journal = QueryJournal()
  /// What receipts say of models, by the receipt, as far as it was asked for.
  let details = Mutex<[ChunkReference: ModelDetails]>([:])
  private let options: Options
  private let restorers = Mutex<[String: ModelRestorer]>([:])
  /// Held while a model is being logged; the writer stays open between models, with the lock, so that it knows every stored chunk.
  let writing = Mutex<WriterBox>(WriterBox())

  struct WriterBox: ~Copyable {
    nonisolated(unsafe) var writer: StoreWriter?
  }

  /// Opens the store in `directory`, or makes one there.
  /// - Throws: `StoreError` when the folder cannot be used.
  public init(at directory: URL, options: Options = Options()) throws {
    self.directory = directory
    var storeOptions = DataStore.Options()
    guard options.rowsPerBlock > 0 else {
      throw StoreError(.invalid, "\(options.rowsPerBlock) rows per RowBlock", at: directory.path, remedy: "Use at least 1; 1,000 is usual.")
    }
    storeOptions.rowsPerBlock = options.rowsPerBlock
    storeOptions.keepsPartitions = options.keepsPartitions
    self.options = options
    try Self.refuseLostCatalog(directory)
    try Self.claimForMeasuring(directory, options)
    store = try DataStore(directory: directory.path, options: storeOptions)
    catalog = try MetadataDB(directory: directory.path)
    costs = QueryCostModel(try Self.storedConstants(catalog) ?? .unmeasured)
  }

  /// A store without its catalogue must not be taken for a new one: the next writer would remove every partition as a leftover.
  private static func refuseLostCatalog(_ directory: URL) throws {
    let partitions = directory.appendingPathComponent("partitions")
    // The partitions first: another process may be making this store, and makes the catalogue before any of them.
    guard let folders = try? FileManager.default.contentsOfDirectory(atPath: partitions.path),
      folders.contains(where: { !((try? FileManager.default.contentsOfDirectory(atPath: "\(partitions.path)/\($0)")) ?? []).isEmpty }),
      !FileManager.default.fileExists(atPath: directory.appendingPathComponent(MetadataDB.fileName).path)
    else { return }
    throw StoreError(
      .catalogue, "the catalogue is missing, and partitions are there", at: directory.path,
      remedy: "Rebuild it from them: IntermediateStore.repair(at:), or `mistique repair` on the command line.")
  }

  /// A store that was only measured has a catalogue that names partitions which were never written: a mark keeps it from being taken for a damaged one.
  private static func claimForMeasuring(_ directory: URL, _ options: Options) throws {
    let mark = directory.appendingPathComponent("measured-only")
    if FileManager.default.fileExists(atPath: mark.path) {
      throw StoreError(
        .measuredOnly, "the store was only measured: its partitions were counted and never written", at: directory.path,
        remedy: "Remove the folder, and log the models again into a store that keeps its partitions.")
    }
    guard !options.keepsPartitions else { return }
    if FileManager.default.fileExists(atPath: directory.appendingPathComponent(MetadataDB.fileName).path) {
      throw StoreError(
        .measuredOnly, "a store with models in it cannot be used for measuring only", at: directory.path, remedy: "Use a folder of its own."
      )
    }
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try Data().write(to: mark)
  }

  deinit { flushStatisticsIfPossible() }

  /// Says how models of `kind` are made from their stored transformers; without it they can be read but not re-run.
  public func register(kind: String, restore: @escaping ModelRestorer) {
    restorers.withLock { $0[kind] = restore }
  }

  func hasRestorer(for kind: String) -> Bool { restorers.withLock { $0[kind] != nil } }

  /// The asked columns, one result an intermediate, in the order in which the keys first name them.
  ///
  /// - Parameters:
  ///   - keys: `project.model.intermediate.column`; keys of one intermediate are answered together.
  ///   - rows: all, or some by `row_id`.
  ///   - plan: `.automatic` takes the cheaper plan by the cost model of paper section 4.
  /// - Throws: `StoreError` (`malformedKey`, `notFound`, `cannotPlan`; `corrupt` when bytes on disk are damaged).
  public func getIntermediates(
    _ keys: [String], rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [IntermediateResult] {
    try getIntermediates(try keys.map { try IntermediateKey($0) }, rows: rows, plan: plan, isCancelled: isCancelled)
  }

  public func getIntermediates(
    _ keys: [IntermediateKey], rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [IntermediateResult] {
    var order: [IntermediateKey] = []
    var columns: [IntermediateKey: [String]] = [:]
    for key in keys {
      let group = IntermediateKey(model: key.model, intermediate: key.intermediate)
      if columns[group] == nil { order.append(group) }
      columns[group, default: []].append(key.column)
    }
    let questions = try order.map { try question($0, columns: columns[$0]!, rows: rows) }
    return try reader.answer(questions, preference: plan, isCancelled: isCancelled)
  }

  /// The models in the store, in the order they were logged.
  public func models() throws -> [ModelRecord] { try catalog.models() }

  /// The intermediates of a model, in the order they were put out.
  public func intermediates(of identity: ModelIdentity) throws -> [IntermediateRecord] {
    flushStatisticsIfPossible()
    return try catalog.intermediates(of: try model(identity))
  }

  /// What the store takes on disk.
  public func storage() throws -> StorageSummary { try catalog.storageSummary() }

  /// Forgets open files and cached manifests, for measuring cold reads.
  public func dropCaches() { store.dropCaches() }

  /// Writes counts and measurements to the catalogue and gives up the right to write.
  public func close() throws {
    try flushStatistics()
    writing.withLock { $0.writer = nil }
  }

  /// Writes counts and measurements to the catalogue, unless the store can only be read; what cannot be written is kept for the next time.
  func flushStatistics() throws {
    guard catalog.obstacle == nil else { return }
    let entries = journal.take()
    guard !entries.isEmpty else { return }
    do {
      try catalog.record(entries)
      try saveConstants()
    } catch {
      journal.putBack(entries)
      throw error
    }
  }

  /// Counts of queries are statistics: that the last of them cannot be written, on a full disk for one, must not fail anything else.
  func flushStatisticsIfPossible() { try? flushStatistics() }

  /// The right to write: the writer that is open, or a new one.
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
        remedy:
          "The catalogue was changed by something else than Mistique. Rebuild it: IntermediateStore.repair(at:), or `mistique repair`.")
    }
    return committed
  }

  var reader: ChunkReader {
    ChunkReader(
      catalog: catalog, store: store, costs: costs, journal: journal, restorer: { kind in self.restorers.withLock { $0[kind] } },
      details: details(of:), storing: storing)
  }

  func model(_ identity: ModelIdentity) throws -> ModelRecord {
    if let model = try catalog.model(identity) { return model }
    let names = try catalog.models().map(\.identity.description)
    throw StoreError(
      .notFound, "there is no such model", at: "\(identity)",
      remedy: names.isEmpty
        ? "The store at \(directory.path) is empty."
        : "There are: \(names.prefix(20).joined(separator: ", "))\(names.count > 20 ? ", ..." : "").")
  }

  func question(_ key: IntermediateKey, columns: [String], rows: RowRequest) throws -> ChunkReader.Question {
    guard store.options.keepsPartitions else {
      throw StoreError(
        .measuredOnly, "the store only counts what would be stored: there is nothing to read or to re-run from", at: "\(key)",
        remedy: "Log the model into a store that keeps its partitions.")
    }
    let found = try catalog.lookUp(key.model, key.intermediate)
    if let model = found.model, let intermediate = found.intermediate {
      return ChunkReader.Question(model: model, intermediate: intermediate, columnNames: columns, rows: rows)
    }
    let names = try catalog.intermediates(of: try model(key.model)).map(\.name)
    throw StoreError(
      .notFound, "there is no intermediate \"\(key.intermediate)\"", at: "\(key.model)",
      remedy: "There are: \(names.joined(separator: ", ")).")
  }
}
