/// What is wrong with a store's files, or what was looked at and found right.
package struct PartitionVerification: Sendable {
  package var partitions = 0
  package var frames = 0
  package var freedFrames = 0
  /// Frames of which the base is there, and the residual was given back.
  package var demotedFrames = 0
  package var bytes = 0
  /// What cannot be read, with the error that says why.
  package var damaged: [(id: PartitionID, error: any Error)] = []
}

extension DataStore {
  /// Reads every byte of the given partitions: header, frames, directory, and that the file's name is that of its content.
  ///
  /// Freed frames are passed over. Complexity: O(bytes), each frame decoded; `progress` is called after each partition.
  /// - Throws: what `progress` throws, nothing else: damage is in the answer.
  package func verify(
    _ partitions: [(id: PartitionID, freed: FreedFrames)], progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
  ) throws -> PartitionVerification {
    var result = PartitionVerification()
    for (index, (id, freed)) in partitions.enumerated() {
      do {
        // Opened anew: a file that is open already was read before it may have changed.
        let file = try PartitionFile(path: PartitionPath.file(id, in: partitionsDirectory))
        try file.checkName(id)
        try file.verify(except: freed)
        let freedFrames = freed.count(of: file.footer.frames.count)
        result.frames += file.footer.frames.count - freedFrames
        result.freedFrames += freedFrames
        result.demotedFrames += file.footer.demotedFrames(of: freed)
        result.bytes += file.footer.frames.reduce(0) { $0 + $1.storedBytes(.all) }
      } catch {
        result.damaged.append((id, error))
      }
      result.partitions += 1
      try progress(index + 1, partitions.count)
    }
    return result
  }
}

extension DataStore {
  /// Checks that all records of an intermediate fit each other and the directories: its manifest, codebook, row ids, columns and their chunks. No
  /// values are read.
  ///
  /// Complexity: O(chunks).
  /// - Throws: `StoreError` for the first that does not.
  package func checkRecords(of reference: ChunkReference) throws {
    let manifest = try manifest(reference)
    if manifest.schema.isMaps { _ = try quantizer(of: manifest) } else { _ = try codebook(of: manifest) }
    let plan = try plan(manifest, columns: [0..<manifest.schema.columnCount], rows: .all)
    _ = try readRowIDs(plan, counters: ReadCounters())
  }
}
