import Foundation
import MistiqueStorage
import Synchronization

/// What logging a model did.
public struct LoggingReport: Sendable, Equatable {
  public var intermediates = 0
  /// Bytes of all values, uncompressed.
  public var logicalBytes = 0
  public var chunks = 0
  public var duplicateChunks = 0
  public var duplicateBytes = 0
  /// Of the duplicates, those that were known without hashing: parts of columns that a stage passed on, picked rows of or filled.
  public var passedChunks = 0
  /// Bytes of the partition files this model added.
  public var storedBytes = 0
  /// Of these, bytes of the files that hold the trained transformers: weights, boosters, encoders.
  public var transformerBytes = 0
  public var partitions = 0
  /// Running the model and handing its intermediates on.
  public var executeSeconds = 0.0
  /// All of it, until the commit was durable.
  public var seconds = 0.0
  /// Why reading could not be measured after the commit, for the cost model; `nil` when it could. The model is logged either way.
  public var calibrationFailure: String?
}

extension IntermediateStore {
  /// Runs `model`, stores its intermediates as `policy` says and its trained transformers always.
  ///
  /// When it returns, everything is durable; when it throws, or the process ends, the store is as it was before.
  /// - Throws: `StoreError` (`alreadyLogged`, `invalidModel`, `locked`, `diskFull`, ...), `CancellationError`, and
  ///   whatever the model throws.
  @discardableResult
  public func logIntermediates(
    of model: any ExecutableModel, as identity: ModelIdentity, policy: StoragePolicy = .dedup,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> LoggingReport {
    try refuseKnown(identity)
    flushStatisticsIfPossible()
    return try writing.withLock { box in
      let writer = try openWriter(box.writer, isCancelled: isCancelled)
      box.writer = nil
      // Another writer may have logged it while this one waited.
      try refuseKnown(identity)
      if store.options.keepsPartitions { SpaceReserve.make(in: store.directory) }
      do {
        let report = try log(model, as: identity, policy: policy, writer: writer, isCancelled: isCancelled)
        box.writer = writer
        return report
      } catch {
        writer.abandon()
        throw error
      }
    }
  }

  private func refuseKnown(_ identity: ModelIdentity) throws {
    guard try catalog.model(identity) != nil else { return }
    throw StoreError(
      .alreadyLogged, "a model of that name is in the store", at: "\(identity)",
      remedy: "Log it under another name: what is stored is never overwritten.")
  }

  private func log(
    _ model: any ExecutableModel, as identity: ModelIdentity, policy: StoragePolicy, writer: StoreWriter,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> LoggingReport {
    let start = ContinuousClock.now
    let logged = try PipelineExecutor.log(model, as: identity, policy: policy, writer: writer, isCancelled: isCancelled)
    let transformers = try model.transformers()
    let blobs = try transformers.map { try writer.storeBlob($0.bytes) }
    var record: LoggedModel?
    let sequence = (try catalog.models().map(\.id).max() ?? 0) + 1
    let commit = try writer.commit(logged.intermediates.compactMap(\.finished), blobs: blobs) { manifests, blobs in
      let described = self.describe(
        model, identity, policy, sequence, logged, manifests, zip(transformers.map(\.name), blobs).map { ($0, $1) })
      record = described
      return try described.encoded()
    }
    try catalog.insert(record!, measurements: logged.measurements, commit: commit)
    var report = LoggingReport(
      intermediates: logged.intermediates.count, logicalBytes: logged.intermediates.reduce(0) { $0 + $1.logicalBytes },
      chunks: commit.counters.chunks, duplicateChunks: commit.counters.duplicateChunks,
      duplicateBytes: commit.counters.duplicateBytes, passedChunks: commit.counters.passedChunks, storedBytes: commit.fileBytes,
      transformerBytes: commit.blobFileBytes, partitions: commit.partitions.count,
      executeSeconds: logged.executeSeconds, seconds: (ContinuousClock.now - start).seconds)
    // The model is committed: that a measurement fails now must not say that it was not logged.
    if store.options.keepsPartitions { do { try calibrate(after: identity) } catch { report.calibrationFailure = "\(error)" } }
    return report
  }

  private func describe(
    _ model: any ExecutableModel, _ identity: ModelIdentity, _ policy: StoragePolicy, _ sequence: Int64, _ logged: PipelineExecutor.Logged,
    _ manifests: [ChunkReference], _ blobs: [(name: String, reference: ChunkReference)]
  ) -> LoggedModel {
    var rest = manifests[...]
    return LoggedModel(
      sequence: sequence, identity: identity, kind: type(of: model).kind, specification: model.specification, policy: policy,
      stages: model.stages,
      intermediates: logged.intermediates.map { intermediate in
        LoggedModel.Intermediate(
          name: intermediate.name, stage: intermediate.stage, rows: intermediate.rows, columns: intermediate.columns,
          logicalBytes: intermediate.logicalBytes, newBytes: intermediate.newBytes,
          manifest: intermediate.finished == nil ? nil : rest.popFirst().map(LoggedModel.Reference.init), shape: intermediate.shape)
      },
      transformers: blobs.map { LoggedModel.TransformerReference(name: $0.name, blob: LoggedModel.Reference($0.reference)) },
      inputs: logged.inputs)
  }
}
