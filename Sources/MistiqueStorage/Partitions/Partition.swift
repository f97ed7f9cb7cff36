import Dispatch
import Glibc
import Synchronization

/// A set of ColumnChunks that is compressed and written as one file (paper section 2). Open, it collects chunks in memory;
/// sealed, it is a file.
///
/// Confined to the writer that fills it; once sealed, nothing is added.
package final class Partition {
  /// The number the writer knows it by until it has a name; partitions are sealed in this order.
  let ordinal: Int
  let codec: Codec
  private(set) var chunks: [ColumnChunk] = []
  private(set) var rawBytes = 0

  init(ordinal: Int, codec: Codec) {
    self.ordinal = ordinal
    self.codec = codec
  }

  /// Adds a chunk and returns its place in the directory.
  func append(_ chunk: ColumnChunk) -> Int {
    chunks.append(chunk)
    rawBytes += chunk.payload.count
    return chunks.count - 1
  }
}

/// A partition that is durably on disk.
package struct SealedPartition: Sendable {
  package let id: PartitionID
  package let fileBytes: Int
  package let rawBytes: Int
  package let footer: PartitionFooter
  /// Footer and trailer: what finding things costs.
  package let directoryBytes: Int
}

/// Compresses the chunks of a partition and writes its file. The bytes depend on the chunks and the codec alone.
enum PartitionSealer {
  static func seal(_ chunks: [ColumnChunk], codec: Codec, layout: FrameLayout, directory: String) throws -> SealedPartition {
    let plan = FramePlan(chunks, layout: layout)
    let compressed = try compress(plan, chunks: chunks, codec: codec)
    var offset = PartitionFormat.headerBytes
    var entries: [FrameEntry] = []
    entries.reserveCapacity(compressed.count)
    for (frame, slice) in zip(plan.frames, compressed) {
      entries.append(
        FrameEntry(
          codec: codec.identifier, offset: offset, storedBytes: slice.count, rawBytes: frame.rawBytes,
          checksum: slice.withBytes(Checksum.of)))
      offset += slice.count
    }
    let (footer, rawFooter, id) = name(entries, plan.entries, directory: directory)
    let tail = try footerAndTrailer(rawFooter)
    let path = PartitionPath.file(id, in: directory)
    try DurableFile.createDirectory(PartitionPath.folder(id, in: directory))
    try DurableFile.write([BufferSlice(copying: header)] + compressed + [BufferSlice(copying: tail)], to: path)
    return SealedPartition(
      id: id, fileBytes: offset + tail.count, rawBytes: plan.frames.reduce(0) { $0 + $1.rawBytes },
      footer: footer, directoryBytes: PartitionFormat.headerBytes + tail.count)
  }

  /// The footer and the name it gives; a name that is taken by equal content makes the next copy.
  private static func name(
    _ frames: [FrameEntry], _ chunks: [ChunkEntry], directory: String
  ) -> (footer: PartitionFooter, raw: [UInt8], id: PartitionID) {
    for copy in 0... {
      let footer = PartitionFooter(frames: frames, chunks: chunks, copy: copy)
      let raw = footer.encoded
      let id = PartitionID(raw.withUnsafeBytes { Fingerprint($0, seed: UInt64(PartitionFormat.version)) })
      if access(PartitionPath.file(id, in: directory), F_OK) != 0 { return (footer, raw, id) }
    }
    fatalError("unreachable: copies are unbounded")
  }

  private static var header: [UInt8] {
    var writer = ByteWriter()
    writer.write(bytes: PartitionFormat.magic)
    writer.write(PartitionFormat.version)
    writer.write(UInt32(0))
    return writer.bytes
  }

  private static func footerAndTrailer(_ raw: [UInt8]) throws -> [UInt8] {
    let codec = Codec.zstd(level: 3)
    var stored = [UInt8](repeating: 0, count: codec.bound(raw.count))
    let size = try raw.withUnsafeBytes { input in try stored.withUnsafeMutableBytes { try codec.compress(input, into: $0) } }
    stored.removeLast(stored.count - size)
    var writer = ByteWriter()
    writer.write(bytes: stored)
    writer.write(UInt64(size))
    writer.write(UInt64(raw.count))
    writer.write(stored.withUnsafeBytes { Checksum.of($0) })
    writer.write(bytes: PartitionFormat.footerMagic)
    return writer.bytes
  }

  /// Every frame by itself, on all cores; which core did which changes nothing about the bytes.
  private static func compress(_ plan: FramePlan, chunks: [ColumnChunk], codec: Codec) throws -> [BufferSlice] {
    let results = Mutex<(slices: [BufferSlice?], error: (any Error)?)>((Array(repeating: nil, count: plan.frames.count), nil))
    let frames = plan.frames
    DispatchQueue.concurrentPerform(iterations: frames.count) { index in
      do {
        let slice = try compress(frames[index], chunks: chunks, codec: codec)
        results.withLock { $0.slices[index] = slice }
      } catch {
        results.withLock { $0.error = error }
      }
    }
    let (slices, error) = results.withLock { $0 }
    if let error { throw error }
    return slices.map { $0! }
  }

  private static func compress(_ frame: FramePlan.Frame, chunks: [ColumnChunk], codec: Codec) throws -> BufferSlice {
    if frame.pieces.count == 1, let (chunk, range) = frame.pieces.first {
      return try compress(chunks[chunk].payload.part(range), codec: codec)
    }
    let gathered = ByteBuffer(count: frame.rawBytes)
    var position = 0
    for (chunk, range) in frame.pieces {
      chunks[chunk].payload.part(range).withBytes { source in
        gathered.withMutableBytes(position..<position + range.count) { $0.copyMemory(from: source) }
      }
      position += range.count
    }
    return try compress(BufferSlice(gathered), codec: codec)
  }

  private static func compress(_ raw: BufferSlice, codec: Codec) throws -> BufferSlice {
    if codec == .none { return raw }
    return try withUnsafeTemporaryAllocation(byteCount: codec.bound(raw.count), alignment: 64) { scratch in
      let size = try raw.withBytes { try codec.compress($0, into: scratch) }
      return BufferSlice(copying: UnsafeRawBufferPointer(rebasing: scratch[..<size]))
    }
  }
}

/// Where partition files are below a store's folder: spread over 256 folders, so that none grows without bound.
package enum PartitionPath {
  package static func folder(_ id: PartitionID, in directory: String) -> String { "\(directory)/\(id.description.prefix(2))" }

  package static func file(_ id: PartitionID, in directory: String) -> String {
    "\(folder(id, in: directory))/\(id)\(PartitionFormat.fileSuffix)"
  }

  /// The partition that a file is named after; `nil` for files that are something else.
  package static func identifier(fileName: String) -> PartitionID? {
    guard fileName.hasSuffix(PartitionFormat.fileSuffix) else { return nil }
    let digits = Array(fileName.dropLast(PartitionFormat.fileSuffix.count))
    guard digits.count == 32, let high = UInt64(String(digits[..<16]), radix: 16), let low = UInt64(String(digits[16...]), radix: 16) else {
      return nil
    }
    return PartitionID(Fingerprint(low: low, high: high))
  }
}
