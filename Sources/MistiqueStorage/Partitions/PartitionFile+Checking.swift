import CStorageKernels
import Glibc

extension PartitionFile {
  /// Checks every frame: its checksum, and that it decodes. Of a frame whose residual is freed, the base.
  /// Complexity: reads and decodes the whole file.
  package func verify(except freed: FreedFrames = FreedFrames()) throws {
    let counters = ReadCounters()
    for (index, frame) in footer.frames.enumerated() where !freed.contains(index) {
      let output = ByteBuffer(count: frame.rawBytes)
      let rungs: QuantizationScheme.Rungs = freed.contains(footer.residual(ofFrame: index)) ? .base : .all
      try output.withMutableBytes { try readFrame(index, rungs: rungs, into: $0, counters: counters) }
    }
  }

  /// A partition's name is the hash of its directory.
  package func checkName(_ id: PartitionID) throws {
    guard name == id else { throw StoreError.corrupt("the content is that of partition \(name)", at: path) }
  }

  /// Gives the blocks of frames back to the file system; the file keeps its length. Returns how many bytes are allocated afterwards.
  ///
  /// Where the file system cannot make holes, nothing happens: the frames stay, and nobody reads them. Nothing happens either to a file that has another name
  /// besides, as a backup of hard links gives it: a hole would be in the backup too.
  package static func punch(_ frames: FreedFrames, path: String) throws -> Int {
    let file = try PartitionFile(path: path)
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw DurableFile.failure("cannot be opened", path: path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw DurableFile.failure("cannot be examined", path: path) }
    for hole in file.footer.places(of: frames) where status.st_nlink == 1 {
      guard mistique_punch_hole(descriptor, Int64(hole.lowerBound), Int64(hole.count)) == 0 else {
        if errno == EOPNOTSUPP || errno == ENOSYS { break }
        throw DurableFile.failure("cannot be made smaller", path: path)
      }
    }
    guard fsync(descriptor) == 0 else { throw DurableFile.failure("cannot be flushed to disk", path: path) }
    guard fstat(descriptor, &status) == 0 else { throw DurableFile.failure("cannot be examined", path: path) }
    return min(Int(status.st_size), Int(status.st_blocks) * 512)
  }
}
