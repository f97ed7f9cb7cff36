import Foundation
import Groundwork

extension IntermediateStore {
  /// Deletes a model: its name, its transformers, and every chunk that only it used.
  ///
  /// Partitions that nothing refers to any more are removed; of the others, frames that nothing refers to are given back to the file system (a hole in
  /// the file), so that what is shared stays where it is. The catalogue changes in one transaction before any file does: a kill leaves either
  /// the model, or files and frames that the next deletion or `collectGarbage` gives back. On a full disk it uses the space that the store keeps back.
  /// A partition that is damaged or missing stays as it is while a model that stays needs it; once none does, its file is moved to `partitions.set-aside`.
  /// - Parameter isCancelled: asked while this waits for another writer, and until the catalogue changes; true ends it with `CancellationError` and the
  ///   model still there. Nothing stops it afterwards.
  /// - Complexity: O(chunks) of the models that stay.
  /// - Throws: `StoreError` (`notFound`, `locked`; `corrupt` or `notFound` when a manifest that stays cannot be read: nothing was deleted then),
  ///   `CancellationError`.
  @discardableResult
  public func delete(
    _ identity: ModelIdentity, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ReclaimedStorage { try opened.reclaim(deleting: try opened.model(identity), isCancelled: isCancelled) }

  /// Gives back what interrupted writers and deletions left: files that the catalogue does not know, and frames that nothing refers to.
  /// - Throws: as `delete`.
  @discardableResult
  public func collectGarbage() throws -> ReclaimedStorage { try opened.reclaim(deleting: nil, again: true) }

  /// Reads every byte that some model refers to and checks it: headers, directories, frames, names, manifests, codebooks, receipts, that they fit each
  /// other, and that all the catalogue names is there.
  ///
  /// A flipped bit anywhere in them is found. Reading and logging may go on meanwhile.
  /// - Parameter progress: called after each partition; throw to stop.
  /// - Complexity: O(stored bytes), every frame decoded once.
  public func verify(progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }) throws -> VerificationReport {
    try StandardArithmetic.running { try opened.verify(progress: progress) }
  }

  /// Opens every partition that a model needs; their frames are not read.
  ///
  /// - Throws: `StoreError`: `notFound` when there is no such model; what keeps a partition from being opened.
  package func requireFiles(of identity: ModelIdentity) throws {
    for partition in try opened.reachability(of: [try opened.model(identity)]).partitions { _ = try opened.store.file(partition) }
  }

  /// Rebuilds the catalogue of the store in `directory` from its partition files alone: every model whose data are all there is in it again.
  ///
  /// Counts of queries and measured times are gone; they grow again. The catalogue that was there is kept beside the new one. Where
  /// something is damaged or lost, files that no model needs any more are moved to `partitions.set-aside` and kept. Nothing else may have the store open. A kill leaves the old catalogue, or none: then repair
  /// again.
  /// - Complexity: reads every partition's directory and all manifests, no values.
  /// - Throws: `StoreError` (`locked`; `catalogue` or `diskFull` when the new catalogue cannot be written).
  public static func repair(at directory: URL) throws -> RepairReport { try Repair.repair(at: directory) }
}
