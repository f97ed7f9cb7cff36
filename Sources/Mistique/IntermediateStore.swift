import Foundation
import Groundwork
import MistiqueStorage

/// A store of model intermediates: log a model once, query any of its intermediates later.
///
///     let store = try IntermediateStore(at: folder)
///     store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: images) }
///     try store.logIntermediates(of: model, as: ModelIdentity(project: "cifar10", name: "cnn"), policy: .dedup)
///     let maps = try store.getIntermediates(["cifar10.cnn.layer8.n35"], rows: .ids([17]))[0]
///
/// Owns: the catalogue, the choice of what to store and of whether to read or to re-run. Never does: touch the bytes of a partition
/// (the storage floor does) or know what a stage computes (the model does).
///
/// One process writes at a time, any number read. Read access is enough to read: everything stored can be queried from a store that cannot be
/// written (another user's, a read-only file system, a full disk), as it was when it was opened. Such queries are not counted.
///
/// Source: Vartak et al., SIGMOD 2018, sections 2 to 5, DOI 10.1145/3183713.3196934.
public final class IntermediateStore: Sendable {
  /// The folder that holds the store.
  public var directory: URL { opened.directory }
  let opened: OpenStore

  /// Opens the store in `directory`, or makes one there.
  /// - Throws: `StoreError` when the folder cannot be used.
  public init(at directory: URL, options: StoreOptions = StoreOptions()) throws {
    opened = try OpenStore(at: directory, options: options)
  }

  /// Says how models of `kind` are made from their stored transformers; without it they can be read but not re-run.
  public func register(kind: String, restore: @escaping ModelRestorer) { opened.register(kind: kind, restore: restore) }

  /// Runs `model`, stores its intermediates as `policy` says and its trained transformers always.
  ///
  /// What the store has under the same ``Lineage`` is not computed again, unless `policy` says so (``StoragePolicy/reuses``): the model refers to it. The
  /// report says what ran, what was read and what was reused.
  ///
  /// What is damaged, or in a partition file that is damaged or missing, is not reused: the report warns of it (``LoggingReport/warnings``), and the model is
  /// stored whole beside it.
  ///
  /// The model runs by IEEE 754's arithmetic, whatever the calling thread is set to (rounding, subnormals flushed to zero): its bits may be reused elsewhere.
  ///
  /// When it returns, everything is durable; when it throws, or the process ends, the store is as it was before.
  /// - Parameters:
  ///   - model: what is run; once, over all of its rows, as far as it is not stored already.
  ///   - identity: the name in keys, which no model of the store may have yet.
  ///   - policy: which intermediates are stored, and how their values are kept.
  ///   - isCancelled: asked between pieces of work; true ends logging with `CancellationError`.
  /// - Throws: `StoreError` (`alreadyLogged`, `invalidModel`, `locked`, `diskFull`, ...), `CancellationError`, and
  ///   whatever the model throws.
  @discardableResult
  public func logIntermediates(
    of model: any ExecutableModel, as identity: ModelIdentity, policy: StoragePolicy = .dedup,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> LoggingReport {
    try StandardArithmetic.running { try opened.log(model, as: identity, policy: policy, isCancelled: isCancelled) }
  }

  /// The models in the store, in the order they were logged.
  public func models() throws -> [CataloguedModel] { try opened.catalog.models() }

  /// The intermediates of a model, in the order they were emitted.
  /// - Throws: `StoreError` (`notFound`).
  public func intermediates(of identity: ModelIdentity) throws -> [CataloguedIntermediate] {
    opened.flushStatisticsIfPossible()
    return try opened.catalog.intermediates(of: try opened.model(identity))
  }

  /// What the store takes on disk.
  public func storage() throws -> StorageSummary { try opened.catalog.storageSummary() }

  /// Forgets open files, cached manifests and restored models, for measuring what a fresh process would take.
  package func dropCaches() {
    opened.store.dropCaches()
    opened.kept.forget()
  }

  /// Writes counts and measurements to the catalogue, gives up the right to write, and lets go of restored models: the next re-run restores its own anew.
  public func close() throws {
    // Done even if the counts cannot be written.
    defer {
      opened.writing.withLock { $0 = .init() }
      opened.kept.forget()
    }
    try opened.flushStatistics()
  }
}
