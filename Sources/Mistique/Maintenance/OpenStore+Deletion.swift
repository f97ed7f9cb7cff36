import Foundation
import Groundwork
import MistiqueStorage

extension OpenStore {
  /// Deletes `model`, if one is given, and gives back what nothing refers to: partitions, and frames of others.
  ///
  /// - Parameters:
  ///   - again: whether frames that the catalogue knows as freed are given back once more: a process may have been killed before it did.
  ///   - isCancelled: asked until the catalogue changes.
  func reclaim(
    deleting model: CataloguedModel?, again: Bool = false, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ReclaimedStorage {
    flushStatisticsIfPossible()
    while true {
      let reclaimed: ReclaimedStorage? = try writing.withLockIfAvailable { box in
        // Damage to files that are open is seen before the catalogue changes.
        store.dropCaches()
        return try reclaim(&box, deleting: model, again: again, isCancelled: isCancelled)
      }
      if let reclaimed { return reclaimed }
      // Another thread of this process is writing.
      if isCancelled() { throw CancellationError() }
      usleep(2_000)
    }
  }

  /// The same for a caller that has the right to write, and has dropped the caches of files.
  ///
  /// - Parameters:
  ///   - waits: whether to wait for another writer as long as the options say.
  ///   - isCancelled: asked until the catalogue changes.
  func reclaim(
    _ box: inout WriterBox, deleting model: CataloguedModel?, again: Bool = false, waits: Bool = true,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ReclaimedStorage {
    // A writer knows the chunks that were there when it was opened: it is made anew, which also removes files nobody knows.
    box.writer = nil
    try reopenWithReserve()
    let before = try catalog.storageSummary().partitionBytes
    let writer = try withReserve { try openWriter(nil, waits: waits, isCancelled: isCancelled) }
    if let model { try requireUnchanged(model) }
    let committed = try catalog.committedPartitions()
    let staying = try catalog.models().filter { $0.id != model?.id }
    let reached = try reachability(of: staying, isCancelled: isCancelled)
    let removed = Set(committed.keys).subtracting(reached.partitions)
    var freed: StoreWriter.Committed = [:]
    var result = ReclaimedStorage(partitions: removed.count)
    // In a damaged partition that stays nobody knows which frames are whose: nothing of it is given back.
    for (id, known) in committed where !removed.contains(id) && writer.damaged[id] == nil {
      if isCancelled() { throw CancellationError() }
      let frames = FreedFrames(reached.unreachableFrames(of: try store.file(id), id))
      guard frames != known || again && !frames.isEmpty else { continue }
      freed[id] = frames
      result.frames += frames.count(without: known)
    }
    if isCancelled() { throw CancellationError() }
    // From here on it is deleted, whatever comes.
    try withReserve { try catalog.forget(model, removed: removed, freed: freed) }
    let damaged = removed.intersection(writer.damaged.keys)
    let aside = try withReserve { try setAside(damaged) }
    let fileBytes = try writer.reclaim(removed: removed.subtracting(damaged), freed: freed)
    try withReserve { try catalog.setFileBytes(fileBytes) }
    SpaceReserve.make(in: store.directory)
    result.setAside = aside.files
    result.bytes = max(0, before - (try catalog.storageSummary().partitionBytes) - aside.bytes)
    return result
  }

  /// Puts damaged files that no model needs any more where a user finds them: under a wrong name, one may be the only copy of another.
  ///
  /// - Returns: how many files were there, and what they take.
  private func setAside(_ damaged: Set<PartitionID>) throws -> (files: Int, bytes: Int) {
    let files = damaged.map { PartitionPath.file($0, in: store.partitionsDirectory) }.sorted().filter {
      FileManager.default.fileExists(atPath: $0)
    }
    let bytes = files.reduce(0) { $0 + ((try? FileManager.default.attributesOfItem(atPath: $1))?[.size] as? Int ?? 0) }
    _ = try PartitionsSetAside(in: directory).take(files)
    return (files.count, bytes)
  }

  /// Makes a catalogue writable that could only be read because the disk was full, with the space that is kept back for what makes room.
  func reopenWithReserve() throws {
    if catalog.obstacle?.code == .diskFull, SpaceReserve.release(in: store.directory) { try catalog.reopen() }
  }

  /// Runs `body`, a second time with the space that is kept back for it when the disk is full.
  func withReserve<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch {
      guard Self.isOfFullDisk(error), SpaceReserve.release(in: store.directory) else { throw error }
      return try body()
    }
  }

  private static func isOfFullDisk(_ error: any Error) -> Bool {
    switch error {
    case let error as StoreError: error.code == .diskFull
    case let error as SystemFailure: error.code == ENOSPC || error.code == EDQUOT
    case let error as CocoaError: error.code == .fileWriteOutOfSpace
    default: false
    }
  }
}
