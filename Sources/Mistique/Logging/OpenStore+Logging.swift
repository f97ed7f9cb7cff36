import Foundation
import MistiqueStorage
import Synchronization

extension OpenStore {
  /// Runs what of `model` is not stored already, stores its intermediates as `policy` says and its trained transformers always, and commits them.
  func log(
    _ model: any ExecutableModel, as identity: ModelIdentity, policy: StoragePolicy, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> LoggingReport {
    try refuseKnown(identity)
    flushStatisticsIfPossible()
    let executor = PipelineExecutor(model: model, identity: identity, isCancelled: isCancelled)
    var (damaged, excluded): ([DamagedSource], Set<ChunkReference>) = ([], [])
    while true {
      do {
        var report = try logOnce(executor, policy, without: excluded)
        report.damaged = damaged + report.damaged.filter { one in !damaged.contains { $0.name == one.name && $0.place == one.place } }
        return report
      } catch let error as DamagedSources {
        // Each time fewer sources are left.
        damaged += error.sources
        excluded.formUnion(error.manifests)
      }
    }
  }

  private func logOnce(_ executor: PipelineExecutor, _ policy: StoragePolicy, without excluded: Set<ChunkReference>) throws -> LoggingReport
  {
    try writing.withLock { box in
      letGoOfOutdatedWriter(&box)
      // Files that are open may have changed: a new writer looks at all of them again.
      if box.writer == nil {
        store.dropCaches()
        box.frames = RecentFrames()
      }
      let writer = try openWriter(box.writer, isCancelled: executor.isCancelled)
      box.writer = nil
      // Another writer may have logged it while this one waited.
      try refuseKnown(executor.identity)
      if store.options.keepsPartitions { SpaceReserve.make(in: store.directory) }
      do {
        let report = try LoggingOfModel(
          opened: self, executor: executor, policy: policy, writer: writer, recent: box.frames
        ).log(without: excluded)
        box.writer = writer
        return report
      } catch {
        abandon(writer)
        // What failed because another store lies there by now says that.
        try catalog.requireInPlace()
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
}
