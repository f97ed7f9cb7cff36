import Foundation
import MistiqueStorage
import Synchronization

extension OpenStore {
  /// Runs `model`, stores its intermediates as `policy` says and its trained transformers always, and commits them.
  func log(
    _ model: any ExecutableModel, as identity: ModelIdentity, policy: StoragePolicy, isCancelled: @escaping @Sendable () -> Bool
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
        let report = try log(PipelineExecutor(model: model, identity: identity, isCancelled: isCancelled), policy, writer)
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

  private func log(_ executor: PipelineExecutor, _ policy: StoragePolicy, _ writer: StoreWriter) throws -> LoggingReport {
    let start = ContinuousClock.now
    let logged = try executor.log(policy: policy, writer: writer)
    let transformers = try executor.model.transformers()
    let blobs = try transformers.map { try writer.storeBlob($0.bytes) }
    var described: ModelReceipt?
    let sequence = (try catalog.models().map(\.id).max() ?? 0) + 1
    let commit = try writer.commit(logged.intermediates.compactMap(\.finished), blobs: blobs) { manifests, blobs in
      let model = ModelReceipt(
        sequence: sequence, identity: executor.identity, kind: type(of: executor.model).kind, specification: executor.model.specification,
        policy: policy, stages: executor.model.stages, intermediates: Self.described(logged, manifests),
        transformers: zip(transformers, blobs).map { .init(name: $0.name, blob: .init($1)) }, inputs: logged.inputs)
      described = model
      return try model.encoded()
    }
    try catalog.insert(described!, measurements: logged.measurements, commit: commit)
    var report = LoggingReport(
      intermediates: logged.intermediates.count, logicalBytes: logged.intermediates.reduce(0) { $0 + $1.logicalBytes },
      chunks: commit.counters.chunks, duplicateChunks: commit.counters.duplicateChunks,
      duplicateBytes: commit.counters.duplicateBytes, passedChunks: commit.counters.passedChunks, storedBytes: commit.fileBytes,
      transformerBytes: commit.blobFileBytes, partitions: commit.partitions.count,
      executeSeconds: logged.executeSeconds, seconds: (ContinuousClock.now - start).seconds)
    // The model is committed: that a measurement fails now must not say that it was not logged.
    if store.options.keepsPartitions {
      do { try measureCosts(after: executor.identity) } catch { report.calibrationFailure = "\(error)" }
    }
    return report
  }

  /// - Parameter manifests: of the intermediates that are stored, in their order.
  private static func described(_ logged: PipelineExecutor.Logged, _ manifests: [ChunkReference]) -> [ModelReceipt.Intermediate] {
    var rest = manifests[...]
    return logged.intermediates.map { intermediate in
      ModelReceipt.Intermediate(
        name: intermediate.name, stage: logged.stageOf[intermediate.name]!, rows: intermediate.rows, columns: intermediate.columns,
        logicalBytes: intermediate.logicalBytes, newBytes: intermediate.newBytes,
        manifest: intermediate.finished == nil ? nil : rest.popFirst().map(ModelReceipt.Reference.init), shape: intermediate.shape)
    }
  }
}
