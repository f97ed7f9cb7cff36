import Foundation

/// The files of a store, as far as a writer looks at them, removes them or gives parts of them back.
extension StoreWriter {
  /// Whether the files are others than this writer knows: one that it passed over can be opened now, or one that it refers to is gone. A new writer is needed then.
  ///
  /// Complexity: one system call per partition, and an attempt to open each that is damaged.
  package var isOutdated: Bool {
    guard store.options.keepsPartitions else { return false }
    return known.contains { id in
      if damaged[id] != nil { return (try? store.file(id)) != nil }
      return access(PartitionPath.file(id, in: store.partitionsDirectory), F_OK) != 0
    }
  }

  /// Removes what this writer wrote since the last commit, after an error. The writer cannot be used afterwards.
  ///
  /// - Parameter removes: false where nobody knows whether the folder is still the one that was written to.
  package func abandon(removes: Bool = true) {
    let written = memory.finishWriting() + retracted
    guard removes else { return }
    // What cannot be removed now, the next writer removes.
    for id in written { unlink(PartitionPath.file(id, in: store.partitionsDirectory)) }
  }

  /// Removes partitions that the catalogue no longer has, and gives the blocks of freed frames back to the file system.
  ///
  /// Call it when the catalogue has been changed: a kill in between leaves files that the next writer removes, and frames that are freed again. So does damage that
  /// is met only now: such a partition is passed over.
  /// - Returns: the bytes that each partition with freed frames takes now.
  package func reclaim(removed: Set<PartitionID>, freed: Committed) throws -> [PartitionID: Int] {
    store.dropCaches()
    for id in removed {
      let path = PartitionPath.file(id, in: store.partitionsDirectory)
      guard unlink(path) == 0 || errno == ENOENT else { throw DurableFile.failure("cannot be removed", path: path) }
    }
    var bytes: [PartitionID: Int] = [:]
    for (id, frames) in freed where !frames.isEmpty {
      do {
        bytes[id] = try PartitionFile.punch(frames, path: PartitionPath.file(id, in: store.partitionsDirectory))
      } catch let error as StoreError where error.isDamage {
        continue
      }
    }
    return bytes
  }

  /// - Throws: `StoreError`: `notFound` where every committed partition is missing, `measuredOnly` where they were counted by a writer that is gone.
  static func refuseEmptyFolder(_ store: DataStore, _ damaged: [PartitionID: StoreError], of count: Int) throws {
    guard count > 0, damaged.count == count, damaged.values.allSatisfy({ $0.code == .notFound }) else { return }
    guard store.options.keepsPartitions else {
      throw StoreError(
        .measuredOnly, "what was counted so far is forgotten, because the store was closed or logging failed", at: store.directory,
        remedy: "Log all models into a new folder, without closing the store between them.")
    }
    throw StoreError(
      .notFound, "none of the \(count) partitions that the catalogue names is there", at: store.partitionsDirectory,
      remedy:
        "Mount the disk that they are on, or copy them back. If they are lost, repair the store (mistique repair), which forgets its models."
    )
  }

  /// Removes files that a stopped writer left.
  ///
  /// - Parameter committed: the partitions that stay; `nil` where all do.
  static func removeLeftovers(_ store: DataStore, keeping committed: Committed?) throws {
    if let committed {
      for (id, path) in try store.partitionFiles() where committed[id] == nil { try FileManager.default.removeItem(atPath: path) }
    }
    for folder in try store.partitionFolders() {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(DurableFile.temporarySuffix) {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
    }
  }
}
