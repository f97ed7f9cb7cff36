import Foundation
import MistiqueStorage

/// Partition files that the catalogue does not list when a writer comes: left over by a writer that was stopped, or by models that this catalogue does not know.
extension OpenStore {
  /// What the catalogue lists, once nothing that a model needs is missing from it: files that are not on the list count as left over and are removed. Beside a
  /// damaged partition they are set aside.
  ///
  /// Complexity: O(partitions), or where files are left over, O(chunks).
  /// - Throws: `StoreError`: `catalogue`; the damage of a partition where it keeps from knowing what an unlisted file is.
  func committedPartitions() throws -> StoreWriter.Committed {
    try catalog.requireInPlace()
    let committed = try catalog.committedPartitions()
    guard store.options.keepsPartitions else { return committed }
    let others = try store.partitionFiles().filter { committed[$0.id] == nil }
    guard !others.isEmpty else { return committed }
    let reached: Set<PartitionID>
    do { reached = try reachability(of: catalog.models()).partitions } catch let error as StoreError where error.isDamage {
      throw undecided(others.map(\.path), beside: error)
    }
    if let lost = reached.first(where: { committed[$0] == nil }) {
      throw StoreError(
        .catalogue, "models refer to partition \(lost), which the catalogue does not list", at: directory.path,
        remedy: "Something other than Mistique changed the catalogue. Rebuild it: IntermediateStore.repair(at:), or `mistique repair`.")
    }
    let damage = try damage(among: committed.keys)
    let mayBeNewer = try mayBeNewer(others, than: catalog.nextModelNumber())
    // A list of partitions that is wrong moves no file.
    if let damage, mayBeNewer { throw undecided(others.map(\.path), beside: damage) }
    if damage != nil || mayBeNewer { _ = try PartitionsSetAside(in: directory).take(others.map(\.path)) }
    return committed
  }

  /// Whether one of the partitions that the catalogue does not list holds the receipt of a model that the catalogue has never given a number: the catalogue may
  /// be an older one than they are, as after a copy of a store without the catalogue's log. A file that cannot be read may hold such a receipt too.
  private func mayBeNewer(_ files: [(id: PartitionID, path: String)], than number: Int64) throws -> Bool {
    // Opened apart: this store must not remember files that go.
    let unlisted = try DataStore(directory: directory.path)
    return files.contains { file in
      let receipts = ReceiptsOfPartition(file: file.id, in: unlisted)
      return !receipts.unreadable.isEmpty || receipts.found.contains { $0.model.sequence >= number }
    }
  }

  /// How one of the partitions is damaged; `nil` when all can be opened.
  ///
  /// - Throws: `StoreError` for one that cannot be opened and is not known to be damaged.
  private func damage(among partitions: some Sequence<PartitionID>) throws -> StoreError? {
    var found: StoreError?
    for id in partitions { do { _ = try store.file(id) } catch let error as StoreError where error.isDamage { found = error } }
    return found
  }

  private func undecided(_ files: [String], beside damage: StoreError) -> StoreError {
    let (count, most) = (files.count, 10)
    let named =
      files.prefix(most).joined(separator: ", ") + (count > most ? ", and \(count - most) that are named once these are moved" : "")
    return StoreError(
      damage.code,
      "\(damage.what); as long as that is so, nobody knows whether a model needs the \(count) partition files here that the catalogue does not list",
      at: damage.place,
      remedy:
        "Restore this file from a copy. Without one, make the folder \(PartitionsSetAside(in: directory).folder.path), and move these \(count) files there "
        + "yourself: \(named). "
        + "Then delete the models that use the damaged file (mistique verify names them), or repair the store (mistique repair). Nothing was changed."
    )
  }
}
