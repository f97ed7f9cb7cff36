import CZstd

/// The directory of a partition: its frames and its chunks.
package struct PartitionFooter: Sendable {
  let frames: [FrameEntry]
  package let chunks: [ChunkEntry]
  /// 0, or how many partitions of the same content were there when this one was written: STORE_ALL stores equal things again, and
  /// without it the second would take the first one's name.
  let copy: Int

  /// The bytes drawn in `PartitionFormat`.
  var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.writeVariable(copy)
    writer.write(UInt32(frames.count))
    for frame in frames {
      writer.write(frame.codec)
      writer.writeVariable(frame.storedBytes)
      writer.writeVariable(frame.rawBytes)
      writer.write(frame.checksum)
    }
    writer.write(UInt32(chunks.count))
    for chunk in chunks {
      writer.write(chunk.shape.kind.rawValue)
      writer.write(chunk.shape.type.rawValue)
      writer.write(UInt8(chunk.shape.hasValidity ? 1 : 0))
      writer.writeVariable(chunk.shape.rows)
      writer.writeVariable(chunk.shape.width)
      writer.writeVariable(chunk.payloadBytes)
      writer.writeVariable(chunk.firstFrame)
      writer.writeVariable(chunk.offsetInFrame)
      writer.writeVariable(chunk.rowsPerFrame)
      writer.write(chunk.fingerprint.low)
      writer.write(chunk.fingerprint.high)
    }
    return writer.bytes
  }

  /// Parses and checks a footer; `framesEnd` is where the frames must end in the file.
  static func decode(_ bytes: [UInt8], framesEnd: Int, place: String) throws -> PartitionFooter {
    var reader = ByteReader(bytes, place: place)
    let copy = try reader.readVariable()
    let frames = try decodeFrames(&reader, framesEnd: framesEnd)
    let count = Int(try reader.read(UInt32.self))
    // The smallest chunk entry has 25 bytes: a count that cannot fit is refused before memory is taken for it.
    guard count <= reader.remaining / 25 else { throw reader.malformed("a directory of \(count) chunks does not fit its footer") }
    var chunks: [ChunkEntry] = []
    chunks.reserveCapacity(count)
    for _ in 0..<count { chunks.append(try decodeChunk(&reader, frames: frames)) }
    try reader.expectEnd()
    return PartitionFooter(frames: frames, chunks: chunks, copy: copy)
  }

  private static func decodeFrames(_ reader: inout ByteReader, framesEnd: Int) throws -> [FrameEntry] {
    let count = Int(try reader.read(UInt32.self))
    guard count <= reader.remaining / 11 else { throw reader.malformed("a directory of \(count) frames does not fit its footer") }
    var frames: [FrameEntry] = []
    frames.reserveCapacity(count)
    var offset = PartitionFormat.headerBytes
    for _ in 0..<count {
      let codec = try reader.read(UInt8.self)
      let storedBytes = try reader.readVariable(limit: PartitionFormat.largestFrameBytes)
      let rawBytes = try reader.readVariable(limit: PartitionFormat.largestFrameBytes)
      let checksum = try reader.read(UInt64.self)
      frames.append(FrameEntry(codec: codec, offset: offset, storedBytes: storedBytes, rawBytes: rawBytes, checksum: checksum))
      offset += storedBytes
    }
    guard offset == framesEnd else { throw reader.malformed("the frames end at byte \(offset), the footer begins at \(framesEnd)") }
    return frames
  }

  private static func decodeChunk(_ reader: inout ByteReader, frames: [FrameEntry]) throws -> ChunkEntry {
    guard let kind = ColumnChunkShape.Kind(rawValue: try reader.read()) else { throw reader.malformed("a chunk is of an unknown kind") }
    guard let type = ColumnType(rawValue: try reader.read()) else { throw reader.malformed("a chunk is of an unknown type") }
    let flags = try reader.read(UInt8.self)
    guard flags <= 1 else { throw reader.malformed("a chunk has unknown flags \(flags)") }
    let rows = try reader.readVariable()
    let width = try reader.readVariable()
    let shape = ColumnChunkShape(kind: kind, type: type, rows: rows, width: width, hasValidity: flags == 1)
    let payloadBytes = try reader.readVariable(limit: 1 << 40)
    let firstFrame = try reader.readVariable()
    let offset = try reader.readVariable(limit: PartitionFormat.largestFrameBytes)
    let rowsPerFrame = try reader.readVariable()
    let fingerprint = Fingerprint(low: try reader.read(), high: try reader.read())
    let entry = ChunkEntry(
      shape: shape, payloadBytes: payloadBytes, fingerprint: fingerprint,
      firstFrame: firstFrame, offsetInFrame: offset, rowsPerFrame: rowsPerFrame)
    try check(entry, frames: frames, reader: reader)
    return entry
  }

  private static func check(_ entry: ChunkEntry, frames: [FrameEntry], reader: ByteReader) throws {
    if let expected = entry.shape.payloadBytes, expected != entry.payloadBytes {
      throw reader.malformed("a chunk of \(entry.shape.rows) x \(entry.shape.width) claims \(entry.payloadBytes) bytes")
    }
    let last = entry.firstFrame + entry.frameCount - 1
    guard last < frames.count, entry.rowsPerFrame <= entry.shape.rows else { throw reader.malformed("a chunk lies outside the frames") }
    guard entry.rowsPerFrame > 0 else {
      guard entry.offsetInFrame + entry.payloadBytes <= frames[entry.firstFrame].rawBytes else {
        throw reader.malformed("a chunk runs past its frame")
      }
      return
    }
    guard let bytesPerRow = entry.shape.bytesPerRow, entry.offsetInFrame == 0 else {
      throw reader.malformed("a chunk without rows of equal size is cut over frames")
    }
    for (place, frame) in frames[entry.firstFrame...last].enumerated() {
      let rows = min(entry.rowsPerFrame, entry.shape.rows - place * entry.rowsPerFrame)
      guard frame.rawBytes == rows * bytesPerRow else { throw reader.malformed("a frame has not the size of its chunk's rows") }
    }
  }
}
