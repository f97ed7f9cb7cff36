import CStorageKernels
import Glibc

/// What is wrong with a store's files, or what was looked at and found right.
package struct PartitionVerification: Sendable {
  package var partitions = 0
  package var frames = 0
  package var freedFrames = 0
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
        result.frames += file.footer.frames.count - freed.count
        result.freedFrames += freed.count
        result.bytes += file.footer.frames.reduce(0) { $0 + $1.storedBytes }
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
    _ = try estimate(manifest, columns: [0..<manifest.schema.columnCount], rows: .all)
    _ = try readRowIDs(manifest, rows: .all, counters: ReadCounters())
  }
}

extension PartitionFile {
  /// Checks every frame: its checksum, and that it decodes.
  /// Complexity: reads and decodes the whole file.
  package func verify(except freed: FreedFrames = FreedFrames()) throws {
    let counters = ReadCounters()
    for (index, frame) in footer.frames.enumerated() where !freed.contains(index) {
      let output = ByteBuffer(count: frame.rawBytes)
      try output.withMutableBytes { try readFrame(index, into: $0, counters: counters) }
    }
  }

  /// A partition's name is the hash of its directory.
  package func checkName(_ id: PartitionID) throws {
    let name = PartitionID(footer.encoded.withUnsafeBytes { Fingerprint($0, seed: UInt64(PartitionFormat.version)) })
    guard name == id else { throw StoreError.corrupt("the content is that of partition \(name)", at: path) }
  }

  /// Gives the blocks of frames back to the file system; the file keeps its length. Returns how many bytes are allocated afterwards.
  ///
  /// Where the file system cannot make holes, nothing happens: the frames stay, and nobody reads them.
  package static func punch(_ frames: FreedFrames, path: String) throws -> Int {
    let file = try PartitionFile(path: path)
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw DurableFile.failure("cannot be opened", path: path) }
    defer { close(descriptor) }
    for (index, frame) in file.footer.frames.enumerated() where frames.contains(index) && frame.storedBytes > 0 {
      guard mistique_punch_hole(descriptor, Int64(frame.offset), Int64(frame.storedBytes)) == 0 else {
        if errno == EOPNOTSUPP || errno == ENOSYS { break }
        throw DurableFile.failure("cannot be made smaller", path: path)
      }
    }
    guard fsync(descriptor) == 0 else { throw DurableFile.failure("cannot be flushed to disk", path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw DurableFile.failure("cannot be examined", path: path) }
    return min(Int(status.st_size), Int(status.st_blocks) * 512)
  }
}
