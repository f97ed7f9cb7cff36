/// The directory of a partition: its frames and its chunks.
package struct PartitionFooter: Sendable {
  let frames: [FrameEntry]
  package let chunks: [ChunkEntry]
  /// 0, or how many partitions of the same content were there when this one was written: STORE_ALL stores equal things again, and
  /// without it the second would take the first one's name.
  let copy: Int

  /// The version of the format that it takes.
  var version: UInt32 { frames.contains { $0.residual != nil } ? PartitionFormat.rungsVersion : PartitionFormat.version }

  /// The name of a partition with this directory: the hash of the directory.
  func identifier(of encoded: [UInt8]) -> PartitionID {
    PartitionID(encoded.withUnsafeBytes { Fingerprint($0, seed: UInt64(version)) })
  }

  /// The bytes drawn in `PartitionFormat`.
  var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.writeVariable(copy)
    writer.write(UInt32(frames.count))
    for frame in frames { writer.write(frame.encoding) }
    for frame in frames { writer.writeVariable(frame.storedBytes) }
    for frame in frames { writer.writeVariable(frame.rawBytes) }
    for frame in frames { writer.write(frame.checksum) }
    if version == PartitionFormat.rungsVersion {
      for frame in frames { writer.writeVariable(frame.residual?.storedBytes ?? 0) }
      for case let residual? in frames.map(\.residual) { writer.write(residual.checksum) }
    }
    writer.write(UInt32(chunks.count))
    for chunk in chunks { writer.write(chunk.shape.kind.rawValue) }
    for chunk in chunks { writer.write(chunk.shape.type.rawValue) }
    for chunk in chunks { writer.write(UInt8(chunk.shape.hasValidity ? 1 : 0)) }
    for chunk in chunks { writer.writeVariable(chunk.shape.rows) }
    for chunk in chunks { writer.writeVariable(chunk.shape.width) }
    for chunk in chunks { writer.writeVariable(chunk.payloadBytes) }
    var before = 0
    for chunk in chunks {
      writer.writeSigned(chunk.firstFrame - before)
      before = chunk.firstFrame
    }
    for chunk in chunks { writer.writeVariable(chunk.offsetInFrame) }
    for chunk in chunks { writer.writeVariable(chunk.rowsPerFrame) }
    for chunk in chunks { writer.write(chunk.fingerprint.value) }
    return writer.bytes
  }

  /// Parses and checks a footer; `framesEnd` is where the frames must end in the file.
  static func decode(_ bytes: [UInt8], version: UInt32, framesEnd: Int, place: String) throws -> PartitionFooter {
    var reader = ByteReader(bytes, place: place)
    let copy = try reader.readVariable()
    let frames = try decodeFrames(&reader, version: version, framesEnd: framesEnd)
    let chunks = try decodeChunks(&reader, frames: frames)
    try reader.expectEnd()
    return PartitionFooter(frames: frames, chunks: chunks, copy: copy)
  }

  private static func decodeFrames(_ reader: inout ByteReader, version: UInt32, framesEnd: Int) throws -> [FrameEntry] {
    let count = Int(try reader.read(UInt32.self))
    // The smallest frame entry has 11 bytes: a count that cannot fit is refused before memory is taken for it.
    guard count <= reader.remaining / 11 else { throw reader.malformed("a directory of \(count) frames does not fit its footer") }
    let encodings = Array(try reader.readBytes(count))
    let storedBytes = try reader.readVariables(count, limit: PartitionFormat.largestFrameBytes)
    let rawBytes = try reader.readVariables(count, limit: PartitionFormat.largestFrameBytes)
    var frames: [FrameEntry] = []
    frames.reserveCapacity(count)
    var offset = PartitionFormat.headerBytes
    for index in 0..<count {
      frames.append(
        FrameEntry(
          encoding: encodings[index], offset: offset, storedBytes: storedBytes[index], rawBytes: rawBytes[index],
          checksum: try reader.read()))
      offset += storedBytes[index]
    }
    if version == PartitionFormat.rungsVersion { try decodeResiduals(&reader, &frames, &offset) }
    guard frames.allSatisfy({ ($0.encoding == LadderEncoding.tag) == ($0.residual != nil) }) else {
      throw reader.malformed("a frame has a residual and no base, or a base and no residual")
    }
    guard offset == framesEnd else { throw reader.malformed("the frames end at byte \(offset), the footer begins at \(framesEnd)") }
    return frames
  }

  private static func decodeResiduals(_ reader: inout ByteReader, _ frames: inout [FrameEntry], _ offset: inout Int) throws {
    let storedBytes = try reader.readVariables(frames.count, limit: PartitionFormat.largestFrameBytes)
    guard storedBytes.contains(where: { $0 > 0 }) else { throw reader.malformed("a partition of rungs has no residual") }
    for (place, bytes) in storedBytes.enumerated() where bytes > 0 {
      frames[place].residual = .init(offset: offset, storedBytes: bytes, checksum: try reader.read())
      offset += bytes
    }
  }

  private static func decodeChunks(_ reader: inout ByteReader, frames: [FrameEntry]) throws -> [ChunkEntry] {
    let count = Int(try reader.read(UInt32.self))
    // Likewise: the smallest chunk entry has 17 bytes.
    guard count <= reader.remaining / 17 else { throw reader.malformed("a directory of \(count) chunks does not fit its footer") }
    let kinds = Array(try reader.readBytes(count))
    let types = Array(try reader.readBytes(count))
    let flags = Array(try reader.readBytes(count))
    let rows = try reader.readVariables(count)
    let widths = try reader.readVariables(count)
    let payloads = try reader.readVariables(count, limit: 1 << 40)
    let steps = try (0..<count).map { _ in try reader.readSigned() }
    let offsets = try reader.readVariables(count, limit: PartitionFormat.largestFrameBytes)
    let rowsPerFrame = try reader.readVariables(count)
    var chunks: [ChunkEntry] = []
    chunks.reserveCapacity(count)
    var firstFrame = 0
    var filled = FilledFrames(frames)
    for index in 0..<count {
      guard let kind = ColumnChunkShape.Kind(rawValue: kinds[index]) else { throw reader.malformed("a chunk is of an unknown kind") }
      guard let type = StoredType(rawValue: types[index]) else { throw reader.malformed("a chunk is of an unknown type") }
      guard flags[index] <= 1 else { throw reader.malformed("a chunk has unknown flags \(flags[index])") }
      firstFrame += steps[index]
      let entry = ChunkEntry(
        shape: ColumnChunkShape(kind: kind, type: type, rows: rows[index], width: widths[index], hasValidity: flags[index] == 1),
        payloadBytes: payloads[index], fingerprint: ChunkFingerprint(value: try reader.read()),
        firstFrame: firstFrame, offsetInFrame: offsets[index], rowsPerFrame: rowsPerFrame[index])
      try checkShape(entry, frames: frames, reader: reader)
      // Before the frames are looked at one by one: a directory whose chunks all claim all frames would take for ever.
      guard filled.takes(entry) else { throw reader.malformed("chunk \(index) lies where another does") }
      try checkFrames(entry, frames: frames, reader: reader)
      // Whoever reads a base counts on a code for every four bytes of its frame.
      guard kind == .values && type == .values(.float32) && flags[index] == 0 || !Self.haveRungs(entry, frames) else {
        throw reader.malformed("chunk \(index) is of no float32 values, and lies in a frame in rungs")
      }
      chunks.append(entry)
    }
    guard filled.isComplete else { throw reader.malformed("frames hold more than their chunks") }
    return chunks
  }

  /// Whether any frame of a chunk is in rungs.
  private static func haveRungs(_ entry: ChunkEntry, _ frames: [FrameEntry]) -> Bool {
    frames[entry.firstFrame..<entry.firstFrame + entry.frameCount].contains { $0.residual != nil }
  }

  private static func checkShape(_ entry: ChunkEntry, frames: [FrameEntry], reader: ByteReader) throws {
    let shape = entry.shape
    // Products of what a file says may be larger than any number: multiplied only where they cannot be.
    guard shape.rows <= 1 << 31, shape.width <= IntermediateSchema.widestSpan, shape.width > 0 || shape.rows == 0 else {
      throw reader.malformed("a chunk of \(shape.rows) x \(shape.width) is impossible")
    }
    if let expected = shape.payloadBytes, expected != entry.payloadBytes {
      throw reader.malformed("a chunk of \(shape.rows) x \(shape.width) claims \(entry.payloadBytes) bytes")
    }
    guard entry.payloadBytes >= shape.validityBytes else { throw reader.malformed("a chunk is smaller than its validity") }
    guard entry.firstFrame >= 0, entry.rowsPerFrame <= shape.rows, entry.firstFrame <= frames.count - entry.frameCount else {
      throw reader.malformed("a chunk lies outside the frames")
    }
  }

  private static func checkFrames(_ entry: ChunkEntry, frames: [FrameEntry], reader: ByteReader) throws {
    let shape = entry.shape
    guard entry.rowsPerFrame > 0 else {
      guard entry.offsetInFrame + entry.payloadBytes <= frames[entry.firstFrame].rawBytes else {
        throw reader.malformed("a chunk runs past its frame")
      }
      return
    }
    guard let bytesPerRow = shape.bytesPerRow, entry.offsetInFrame == 0 else {
      throw reader.malformed("a chunk without rows of equal size is cut over frames")
    }
    for (place, frame) in frames[entry.firstFrame..<entry.firstFrame + entry.frameCount].enumerated() {
      let rows = min(entry.rowsPerFrame, shape.rows - place * entry.rowsPerFrame)
      guard frame.rawBytes == rows * bytesPerRow else { throw reader.malformed("a frame has not the size of its chunk's rows") }
    }
  }
}

/// How much of each frame the chunks of a directory take: together they must fill it, and nothing may be taken twice.
///
/// So a frame's size is that of its chunks, and a directory cannot ask for memory that nothing lies in.
private struct FilledFrames {
  private let frames: [FrameEntry]
  private var filledBytes: [Int]
  /// Where chunks within a frame are.
  private var places: [(frame: Int, start: Int, end: Int)] = []

  init(_ frames: [FrameEntry]) {
    self.frames = frames
    filledBytes = Array(repeating: 0, count: frames.count)
  }

  /// Complexity: O(chunks x log chunks).
  var isComplete: Bool {
    guard zip(frames, filledBytes).allSatisfy({ $0.rawBytes == $1 }) else { return false }
    let sorted = places.sorted { ($0.frame, $0.start) < ($1.frame, $1.start) }
    return zip(sorted, sorted.dropFirst()).allSatisfy { $0.frame != $1.frame || $0.end <= $1.start }
  }

  /// Whether `entry`, which lies inside the frames, takes what no chunk before it has. Complexity: O(its frames), all chunks together O(frames).
  mutating func takes(_ entry: ChunkEntry) -> Bool {
    if entry.rowsPerFrame == 0 {
      filledBytes[entry.firstFrame] += entry.payloadBytes
      if entry.payloadBytes > 0 { places.append((entry.firstFrame, entry.offsetInFrame, entry.offsetInFrame + entry.payloadBytes)) }
      return filledBytes[entry.firstFrame] <= frames[entry.firstFrame].rawBytes
    }
    for frame in entry.firstFrame..<entry.firstFrame + entry.frameCount {
      guard filledBytes[frame] == 0 else { return false }
      filledBytes[frame] = frames[frame].rawBytes
    }
    return true
  }
}
