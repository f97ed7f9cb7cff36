import CStorageKernels
import Glibc
import Synchronization

/// Counts what reading did. Exact for a given store and question, whatever the machine: what is gated instead of time.
package final class ReadCounters: Sendable {
  private let bytes = Atomic<Int>(0)
  private let frames = Atomic<Int>(0)
  private let decoded = Atomic<Int>(0)

  private let isCancelled: @Sendable () -> Bool

  /// - Parameter isCancelled: asked before every batch of frames, on any thread and on several at once.
  package init(isCancelled: @escaping @Sendable () -> Bool = { false }) { self.isCancelled = isCancelled }

  /// - Throws: `CancellationError` when nobody wants what is being read any more.
  package func check() throws { if isCancelled() { throw CancellationError() } }

  /// Bytes read from partition files, directories not counted.
  package var bytesRead: Int { bytes.load(ordering: .relaxed) }
  package var framesDecoded: Int { frames.load(ordering: .relaxed) }
  /// Bytes after decompression.
  package var bytesDecoded: Int { decoded.load(ordering: .relaxed) }

  func count(stored: Int, raw: Int) {
    bytes.wrappingAdd(stored, ordering: .relaxed)
    frames.wrappingAdd(1, ordering: .relaxed)
    decoded.wrappingAdd(raw, ordering: .relaxed)
  }
}

/// A partition file open for reading. Its directory is checked when it is opened, each frame when it is read.
///
/// Safe to use from several threads: reads are positioned and nothing changes after `init`.
package final class PartitionFile: Sendable {
  package let footer: PartitionFooter
  /// The name that its content gives it: the hash of its directory.
  package let name: PartitionID
  package let path: String
  private let descriptor: Int32

  /// - Throws: `StoreError`: `notFound`, `corrupt`, `unsupportedVersion` or `inputOutput`.
  package init(path: String) throws {
    self.path = path
    var opened = open(path, O_RDONLY | O_CLOEXEC)
    if opened < 0, errno == EMFILE {
      // A read keeps all its partitions open, and shells allow 1,024 files at first.
      if mistique_raise_open_files() == 1 { opened = open(path, O_RDONLY | O_CLOEXEC) } else { errno = EMFILE }
    }
    descriptor = opened
    guard descriptor >= 0 else {
      if errno == ENOENT {
        throw StoreError(
          .notFound, "a partition that the catalogue names is missing", at: path,
          remedy:
            "Restore the file from a copy. Without one, delete the models that use it, or, if that fails too, repair the store (mistique repair), and log them again."
        )
      }
      throw DurableFile.failure("cannot be opened", path: path)
    }
    do {
      (footer, name) = try Self.readFooter(descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Whether the file was removed since it was opened. Another one may have its name by now: equal content gets equal names, and this one may have been given back in part.
  /// It may go on to exist under a name that a backup gave it.
  package var isRemoved: Bool {
    var (own, named) = (stat(), stat())
    guard fstat(descriptor, &own) == 0, own.st_nlink > 0, stat(path, &named) == 0 else { return true }
    return (own.st_dev, own.st_ino) != (named.st_dev, named.st_ino)
  }

  /// The bytes of a frame as they are stored, their checksums verified.
  struct StoredRungs {
    /// The frame, or its base.
    let base: UnsafeRawBufferPointer
    /// `nil` where there is none, or the base alone was asked for.
    let residual: UnsafeRawBufferPointer?
  }

  /// Decodes frame `index` into `output`, which must have the frame's raw size.
  package func readFrame(
    _ index: Int, rungs: QuantizationScheme.Rungs = .all, into output: UnsafeMutableRawBufferPointer, counters: ReadCounters
  ) throws {
    try readFrames(index..<index + 1, rungs: rungs, counters: counters) { _, stored in try decode(stored, frame: index, into: output) }
  }

  /// Reads adjacent frames in one go, their residuals in another, and hands on the stored bytes of each, their checksums verified.
  ///
  /// Positioned reads rather than a memory map: a file that is cut short while it is mapped ends the process, and the copy out of the page cache
  /// is of stored bytes, a fraction of what decoding writes.
  func readFrames(
    _ range: Range<Int>, rungs: QuantizationScheme.Rungs = .all, counters: ReadCounters, _ body: (Int, StoredRungs) throws -> Void
  ) throws {
    guard let first = range.first, let last = range.last else { return }
    let bases = footer.frames[first].offset..<footer.frames[last].offset + footer.frames[last].storedBytes
    let residuals = rungs == .base ? [] : footer.frames[range].compactMap(\.residual)
    // They lie one after the other, whatever frames without lie between.
    let rest = residuals.first.map { $0.offset..<residuals.last!.offset + residuals.last!.storedBytes } ?? 0..<0
    try ByteBuffer(count: bases.count + rest.count).withMutableBytes { all in
      let (low, high) = (
        UnsafeMutableRawBufferPointer(rebasing: all[..<bases.count]), UnsafeMutableRawBufferPointer(rebasing: all[bases.count...])
      )
      try Self.read(descriptor, into: low, at: bases.lowerBound, path: path)
      if !rest.isEmpty { try Self.read(descriptor, into: high, at: rest.lowerBound, path: path) }
      for index in range {
        let frame = footer.frames[index]
        let base = try checked(low, from: bases.lowerBound, frame.offset, frame.storedBytes, frame.checksum, "frame \(index)")
        let residual =
          try rungs == .base
          ? nil
          : frame.residual.map {
            try checked(high, from: rest.lowerBound, $0.offset, $0.storedBytes, $0.checksum, "the residual of frame \(index)")
          }
        try body(index, StoredRungs(base: base, residual: residual))
        counters.count(stored: frame.storedBytes(rungs), raw: frame.rawBytes)
      }
    }
  }

  private func checked(
    _ bytes: UnsafeMutableRawBufferPointer, from start: Int, _ offset: Int, _ count: Int, _ checksum: UInt64, _ what: String
  ) throws -> UnsafeRawBufferPointer {
    let stored = UnsafeRawBufferPointer(rebasing: bytes[offset - start..<offset - start + count])
    guard Checksum.of(stored) == checksum else {
      throw StoreError.corrupt("the checksum of \(what) (bytes \(offset)..<\(offset + count)) is wrong", at: path)
    }
    return stored
  }

  /// Decodes the stored bytes of frame `index`: to its values, or, where the base alone was read, to what is within its bound.
  func decode(_ stored: StoredRungs, frame index: Int, into output: UnsafeMutableRawBufferPointer) throws {
    let frame = footer.frames[index]
    precondition(output.count == frame.rawBytes, "the output buffer must have the frame's size")
    guard frame.residual != nil else { return try FrameEncodings.decode(stored.base, tag: frame.encoding, into: output, place: path) }
    let rungs = try LadderFrame(base: stored.base, place: path)
    if let residual = stored.residual { try rungs.decode(residual: residual, into: output) } else { try rungs.decodeBase(into: output) }
  }

  /// Decodes the codes of the base of frame `index`, a byte for each value; the frame has a residual.
  func decodeCodes(_ stored: StoredRungs, frame index: Int, into output: UnsafeMutableRawBufferPointer) throws {
    precondition(output.count * 4 == footer.frames[index].rawBytes, "the output buffer must have a byte for each value")
    try LadderFrame(base: stored.base, place: path).decodeCodes(into: output)
  }

  /// The directory entry of chunk `index`.
  func entry(_ index: Int) throws -> ChunkEntry {
    guard footer.chunks.indices.contains(index) else {
      throw StoreError.corrupt("chunk \(index) was asked for, the directory has \(footer.chunks.count)", at: path)
    }
    return footer.chunks[index]
  }

  package func rawBytes(ofFrame index: Int) -> Int { footer.frames[index].rawBytes }
  package func storedBytes(ofFrame index: Int, rungs: QuantizationScheme.Rungs = .all) -> Int { footer.frames[index].storedBytes(rungs) }
  /// Whether the frame is stored in two rungs.
  func hasRungs(frame index: Int) -> Bool { footer.frames[index].residual != nil }

  /// Whether the operating system has the frame's middle byte in memory, as far as it tells: true where it cannot.
  func isInMemory(frame index: Int) -> Bool {
    let frame = footer.frames[index]
    return frame.storedBytes == 0 || mistique_is_cold(descriptor, Int64(frame.offset + frame.storedBytes / 2)) == 0
  }

  /// What the file takes, and how much of it is directory.
  package func sizeOnDisk() throws -> (fileBytes: Int, rawBytes: Int, directoryBytes: Int) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw DurableFile.failure("cannot be examined", path: path) }
    let frames = footer.frames.reduce((stored: 0, raw: 0)) { ($0.stored + $1.storedBytes(.all), $0.raw + $1.rawBytes) }
    let size = Int(status.st_size)
    // Holes are not counted; the last block's rounding is not either.
    return (min(size, Int(status.st_blocks) * 512), frames.raw, size - frames.stored)
  }

  /// A frame, decoded.
  func frame(_ index: Int, counters: ReadCounters) throws -> ByteBuffer {
    let frame = ByteBuffer(count: footer.frames[index].rawBytes)
    try frame.withMutableBytes { try readFrame(index, into: $0, counters: counters) }
    return frame
  }

  /// The whole payload of a chunk.
  package func payload(of entry: ChunkEntry, counters: ReadCounters) throws -> BufferSlice {
    if entry.rowsPerFrame == 0 {
      return BufferSlice(try frame(entry.firstFrame, counters: counters), offset: entry.offsetInFrame, count: entry.payloadBytes)
    }
    let payload = ByteBuffer(count: entry.payloadBytes)
    var position = 0
    for index in entry.firstFrame..<entry.firstFrame + entry.frameCount {
      let size = footer.frames[index].rawBytes
      try payload.withMutableBytes(position..<position + size) { try readFrame(index, into: $0, counters: counters) }
      position += size
    }
    return BufferSlice(payload, count: position)
  }

  private static func readFooter(_ descriptor: Int32, path: String) throws -> (PartitionFooter, PartitionID) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw DurableFile.failure("cannot be examined", path: path) }
    let size = Int(status.st_size)
    guard size >= PartitionFormat.headerBytes + PartitionFormat.trailerBytes else {
      throw StoreError.corrupt("the file has \(size) bytes, too few for a partition", at: path)
    }
    let version = try checkHeader(try readBytes(descriptor, PartitionFormat.headerBytes, at: 0, path: path), path: path)
    var trailer = ByteReader(
      try readBytes(descriptor, PartitionFormat.trailerBytes, at: size - PartitionFormat.trailerBytes, path: path), place: path)
    let storedBytes = try trailer.read(UInt64.self)
    let rawBytes = try trailer.read(UInt64.self)
    let checksum = try trailer.read(UInt64.self)
    guard Array(try trailer.readBytes(8)) == PartitionFormat.footerMagic else {
      throw StoreError.corrupt("the end of the file is missing", at: path)
    }
    let room = size - PartitionFormat.headerBytes - PartitionFormat.trailerBytes
    guard storedBytes <= UInt64(room), rawBytes <= UInt64(PartitionFormat.largestFooterBytes) else {
      throw StoreError.corrupt("the footer claims \(storedBytes) bytes, \(rawBytes) uncompressed", at: path)
    }
    let start = size - PartitionFormat.trailerBytes - Int(storedBytes)
    let stored = try readBytes(descriptor, Int(storedBytes), at: start, path: path)
    guard stored.withUnsafeBytes({ Checksum.of($0) }) == checksum else {
      throw StoreError.corrupt("the checksum of the footer is wrong", at: path)
    }
    // The trailer has no checksum of its own: before memory is taken for what it claims, zstd's header must say the same.
    guard stored.withUnsafeBytes(ZstdEncoding.claimedBytes) == rawBytes else {
      throw StoreError.corrupt("the footer does not have the \(rawBytes) bytes that the end of the file claims", at: path)
    }
    var raw = [UInt8](repeating: 0, count: Int(rawBytes))
    try stored.withUnsafeBytes { input in
      try raw.withUnsafeMutableBytes { try ZstdEncoding().decode(input, into: $0, place: path) }
    }
    let footer = try PartitionFooter.decode(raw, version: version, framesEnd: start, place: path)
    return (footer, footer.identifier(of: raw))
  }

  /// The format version.
  private static func checkHeader(_ bytes: [UInt8], path: String) throws -> UInt32 {
    var header = ByteReader(bytes, place: path)
    guard Array(try header.readBytes(8)) == PartitionFormat.magic else { throw StoreError.corrupt("the file is not a partition", at: path) }
    let version = try header.read(UInt32.self)
    guard version == PartitionFormat.version || version == PartitionFormat.rungsVersion else {
      throw StoreError(
        .unsupportedVersion,
        "the partition has format version \(version), this version of Mistique reads \(PartitionFormat.version) and \(PartitionFormat.rungsVersion)",
        at: path,
        remedy: version > PartitionFormat.rungsVersion
          ? "Use a newer version of Mistique for this store."
          : "Log the models again into a new store, or read this one with the version of Mistique that wrote it.")
    }
    guard try header.read(UInt32.self) == 0 else { throw header.malformed("the header's last four bytes are not zero") }
    return version
  }

  private static func readBytes(_ descriptor: Int32, _ count: Int, at offset: Int, path: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read(descriptor, into: $0, at: offset, path: path) }
    return bytes
  }

  private static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int, path: String) throws {
    var done = 0
    while done < buffer.count {
      let got = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if got < 0 {
        if errno == EINTR { continue }
        throw DurableFile.failure("cannot be read", path: path)
      }
      guard got > 0 else { throw StoreError.corrupt("the file ends at byte \(offset + done)", at: path) }
      done += got
    }
  }
}
