import Dispatch
import Glibc
import Groundwork
import Synchronization

/// A partition whose frames are encoded and wait to be written.
struct EncodedPartition: Sendable {
  /// Empty where frames are counted only.
  private let frames: [BufferSlice]
  private let residuals: [BufferSlice]
  let frameEntries: [FrameEntry]
  let chunkEntries: [ChunkEntry]

  /// Encodes every frame by itself, on all cores; which core did which changes nothing about the bytes.
  ///
  /// - Parameter counted: sizes of frames, where nothing but sizes is wanted.
  init(_ chunks: [ColumnChunk], codec: Codec, layout: FrameLayout, similarity: SimilarityOptions?, counted: CountedFrames?) throws {
    let plan = FramePlan(chunks, layout: layout, similarity: similarity)
    let count = plan.frames.count
    let results = Mutex<(encoded: [EncodedFrame?], error: (any Error)?)>((Array(repeating: nil, count: count), nil))
    DispatchQueue.concurrentPerform(iterations: count) { index in
      StandardArithmetic.adopt()
      do {
        let encoded = try Self.encode(plan.frames[index], chunks: chunks, codec: codec, counted: counted)
        results.withLock { $0.encoded[index] = encoded }
      } catch {
        results.withLock { $0.error = error }
      }
    }
    let (optionals, error) = results.withLock { $0 }
    if let error { throw error }
    let encoded = optionals.map { $0! }
    var offset = PartitionFormat.headerBytes
    var entries: [FrameEntry] = []
    entries.reserveCapacity(count)
    for (frame, size) in zip(plan.frames, encoded.map(\.size)) {
      entries.append(
        FrameEntry(
          encoding: size.encoding, offset: offset, storedBytes: size.storedBytes, rawBytes: frame.rawBytes, checksum: size.checksum,
          residual: size.residual))
      offset += size.storedBytes
    }
    for place in entries.indices where entries[place].residual != nil {
      entries[place].residual!.offset = offset
      offset += entries[place].residual!.storedBytes
    }
    frames = encoded.compactMap(\.bytes)
    residuals = encoded.compactMap(\.residual)
    frameEntries = entries
    chunkEntries = plan.entries
  }

  /// A partition that was counted before, to be counted again under another number. Nothing is encoded.
  init(again counted: SealedPartition) {
    frames = []
    residuals = []
    frameEntries = counted.footer.frames
    chunkEntries = counted.footer.chunks
  }

  private struct EncodedFrame {
    let size: CountedFrames.Size
    /// `nil` where only the size is wanted.
    let bytes: BufferSlice?
    var residual: BufferSlice?
  }

  private static func encode(
    _ frame: FramePlan.Frame, chunks: [ColumnChunk], codec: Codec, counted: CountedFrames?
  ) throws -> EncodedFrame {
    func encoded(_ raw: UnsafeRawBufferPointer, keepsBytes: Bool) throws -> EncodedFrame {
      try withUnsafeTemporaryAllocation(byteCount: FrameEncodings.bound(raw.count), alignment: 64) { scratch in
        let (tag, count) = try EncodingChoice.encode(raw, frame.content, codec: codec, into: scratch)
        let bytes = UnsafeRawBufferPointer(rebasing: scratch[..<count])
        return EncodedFrame(
          size: .init(encoding: tag, storedBytes: count, checksum: Checksum.of(bytes)),
          bytes: keepsBytes ? BufferSlice(copying: bytes) : nil)
      }
    }
    func encodedInRungsOrNot(_ raw: UnsafeRawBufferPointer, keepsBytes: Bool) throws -> EncodedFrame {
      if codec == .automatic, let rungs = Self.encodeRungs(raw, frame.content, keepsBytes: keepsBytes) { return rungs }
      return try encoded(raw, keepsBytes: keepsBytes)
    }
    func encode(_ raw: UnsafeRawBufferPointer) throws -> EncodedFrame {
      guard let counted else { return try encodedInRungsOrNot(raw, keepsBytes: true) }
      let size = try counted.size(of: raw, frame.content, codec: codec) { try encodedInRungsOrNot(raw, keepsBytes: false).size }
      return EncodedFrame(size: size, bytes: nil)
    }
    if frame.pieces.count == 1, let (chunk, range) = frame.pieces.first {
      return try chunks[chunk].payload.part(range).withBytes(encode)
    }
    return try withUnsafeTemporaryAllocation(byteCount: max(1, frame.rawBytes), alignment: 64) { gathered in
      var target = gathered.baseAddress!
      for (chunk, range) in frame.pieces {
        chunks[chunk].payload.part(range).withBytes { bytes in
          if let base = bytes.baseAddress { target.copyMemory(from: base, byteCount: range.count) }
        }
        target += range.count
      }
      return try encode(UnsafeRawBufferPointer(rebasing: gathered[..<frame.rawBytes]))
    }
  }

  /// The frame in two rungs; `nil` for one that is not to be, or is better stored in one piece.
  private static func encodeRungs(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, keepsBytes: Bool) -> EncodedFrame? {
    guard content.grid != nil, !EncodingChoice.isOfFewDigits(raw) else { return nil }
    let count = raw.count / 4
    return withUnsafeTemporaryAllocation(byteCount: LadderEncoding.baseBound(count), alignment: 64) { base in
      withUnsafeTemporaryAllocation(byteCount: LadderEncoding.residualBound(count), alignment: 64) { residual in
        guard let sizes = LadderEncoding.encode(raw, content, base: base, residual: residual) else { return nil }
        let stored = UnsafeRawBufferPointer(rebasing: base[..<sizes.base])
        let rest = UnsafeRawBufferPointer(rebasing: residual[..<sizes.residual])
        return EncodedFrame(
          size: .init(
            encoding: LadderEncoding.tag, storedBytes: stored.count, checksum: Checksum.of(stored),
            residual: .init(offset: 0, storedBytes: rest.count, checksum: Checksum.of(rest))),
          bytes: keepsBytes ? BufferSlice(copying: stored) : nil, residual: keepsBytes ? BufferSlice(copying: rest) : nil)
      }
    }
  }

  /// Writes the file; durable when this returns. The bytes depend on the chunks and the codec alone, and on which names are taken.
  ///
  /// - Parameter taken: names that are not given, also where no file has them.
  func write(in directory: String, besides taken: TakenNames) throws -> SealedPartition {
    let (footer, rawFooter, id) = name(in: directory, besides: taken)
    let tail = try Self.footerAndTrailer(rawFooter)
    try DurableFile.createDirectory(PartitionPath.folder(id, in: directory))
    try DurableFile.write(
      [BufferSlice(copying: Self.header(version: footer.version))] + frames + residuals + [BufferSlice(copying: tail)],
      to: PartitionPath.file(id, in: directory))
    return sealed(id, footer, tail: tail)
  }

  /// What `write` would return, without a file. Its name comes from its number in the store, as there is no directory to look for equal ones in.
  func counted(ordinal: Int) throws -> SealedPartition {
    let footer = PartitionFooter(frames: frameEntries, chunks: chunkEntries, copy: ordinal)
    let raw = footer.encoded
    return sealed(footer.identifier(of: raw), footer, tail: try Self.footerAndTrailer(raw))
  }

  private func sealed(_ id: PartitionID, _ footer: PartitionFooter, tail: [UInt8]) -> SealedPartition {
    SealedPartition(
      id: id, fileBytes: frameEntries.reduce(PartitionFormat.headerBytes + tail.count) { $0 + $1.storedBytes(.all) },
      rawBytes: frameEntries.reduce(0) { $0 + $1.rawBytes }, footer: footer, directoryBytes: PartitionFormat.headerBytes + tail.count)
  }

  /// The footer and the name it gives; a name that is taken by equal content makes the next copy.
  private func name(
    in directory: String, besides taken: TakenNames
  ) -> (footer: PartitionFooter, raw: [UInt8], id: PartitionID) {
    for copy in 0... {
      let footer = PartitionFooter(frames: frameEntries, chunks: chunkEntries, copy: copy)
      let raw = footer.encoded
      let id = footer.identifier(of: raw)
      if !taken.contains(id), access(PartitionPath.file(id, in: directory), F_OK) != 0 { return (footer, raw, id) }
    }
    fatalError("unreachable: copies are unbounded")
  }

  private static func header(version: UInt32) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(bytes: PartitionFormat.magic)
    writer.write(version)
    writer.write(UInt32(0))
    return writer.bytes
  }

  private static func footerAndTrailer(_ raw: [UInt8]) throws -> [UInt8] {
    var stored = [UInt8](repeating: 0, count: FrameEncodings.bound(raw.count))
    let size = try raw.withUnsafeBytes { input in
      try stored.withUnsafeMutableBytes { try EncodingChoice.encode(input, FrameContent(.opaque), codec: .zstd(level: 3), into: $0).bytes }
    }
    stored.removeLast(stored.count - size)
    var writer = ByteWriter()
    writer.write(bytes: stored)
    writer.write(UInt64(size))
    writer.write(UInt64(raw.count))
    writer.write(stored.withUnsafeBytes { Checksum.of($0) })
    writer.write(bytes: PartitionFormat.footerMagic)
    return writer.bytes
  }
}
