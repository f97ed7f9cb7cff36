import Foundation
import MistiqueStorage

/// What deleting models gave back.
public struct ReclaimedStorage: Sendable, Equatable {
  /// Partition files that are gone.
  public var partitions = 0
  /// Frames, in partitions that others still need, whose blocks went back to the file system.
  public var frames = 0
  public var bytes = 0
}

extension IntermediateStore {
  /// Deletes a model: its name, its transformers, and every chunk that only it used.
  ///
  /// Partitions that nothing refers to any more are removed; of the others, frames that nothing refers to are given back to the file system (a hole in
  /// the file), so that what is shared stays where it is. The catalogue changes in one transaction before any file does: a kill leaves either
  /// the model, or files and frames that the next deletion or `collectGarbage` gives back. On a full disk it uses the space that the store keeps back.
  /// - Complexity: O(chunks) of the models that stay.
  /// - Throws: `StoreError` (`notFound`, `locked`, `corrupt` when a manifest that stays cannot be read).
  @discardableResult
  public func delete(_ identity: ModelIdentity) throws -> ReclaimedStorage { try reclaim(deleting: try model(identity)) }

  /// Gives back what interrupted writers and deletions left: files that the catalogue does not know, and frames that nothing refers to.
  @discardableResult
  public func collectGarbage() throws -> ReclaimedStorage { try reclaim(deleting: nil) }

  private func reclaim(deleting model: ModelRecord?) throws -> ReclaimedStorage {
    flushStatisticsIfPossible()
    return try writing.withLock { box in
      // A writer knows the chunks that were there when it was opened: it is made anew, which also removes files nobody knows.
      box.writer = nil
      if catalog.obstacle?.code == .diskFull, SpaceReserve.release(in: store.directory) { try catalog.reopen() }
      let before = try storage().partitionBytes
      let writer = try openWriter(nil)
      let committed = try catalog.committedPartitions()
      let staying = try catalog.models().filter { $0.id != model?.id }
      let reached = try reachability(of: staying)
      let removed = Set(committed.keys).subtracting(reached.partitions)
      var freed: StoreWriter.Committed = [:]
      var result = ReclaimedStorage(partitions: removed.count)
      for (id, known) in committed where !removed.contains(id) {
        let frames = FreedFrames(reached.unreachableFrames(of: try store.file(id), id))
        guard frames != known else { continue }
        freed[id] = frames
        result.frames += frames.count - known.count
      }
      try withReserve { try catalog.forget(model, removed: removed, freed: freed) }
      let fileBytes = try writer.reclaim(removed: removed, freed: freed)
      try withReserve { try catalog.setFileBytes(fileBytes) }
      SpaceReserve.make(in: store.directory)
      result.bytes = before - (try storage().partitionBytes)
      return result
    }
  }

  /// Runs `body`, a second time with the space that is kept back for it when the disk is full.
  private func withReserve(_ body: () throws -> Void) throws {
    do { try body() } catch let error as StoreError where error.code == .diskFull {
      guard SpaceReserve.release(in: store.directory) else { throw error }
      try body()
    }
  }

  /// Everything that `models` refer to.
  func reachability(of models: [ModelRecord]) throws -> Reachability {
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
}
