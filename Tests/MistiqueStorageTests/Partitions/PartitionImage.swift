@testable import MistiqueStorage

/// A partition file taken apart, every number of its directory open to be changed, and put together again with right checksums: what a
/// mutant has to look like to get past the first checks.
///
/// It writes the directory by itself rather than through `PartitionFooter`, which could not say what a reader must refuse.
struct PartitionImage {
  struct Frame {
    var stored: [UInt8]
    var encoding: UInt64
    /// As the directory claims them.
    var storedBytes: UInt64
    var rawBytes: UInt64
    var checksum: UInt64
    /// Of a frame in rungs; empty for any other.
    var residual: [UInt8] = []
    var residualBytes: UInt64 = 0
    var residualChecksum: UInt64 = 0

    /// Another residual, and the numbers that follow from it.
    mutating func store(residual bytes: [UInt8]) {
      residual = bytes
      residualBytes = UInt64(bytes.count)
      residualChecksum = bytes.withUnsafeBytes { Checksum.of($0) }
    }

    /// Other stored bytes, and the numbers that follow from them.
    mutating func store(_ bytes: [UInt8], tag: UInt8? = nil) {
      stored = bytes
      storedBytes = UInt64(bytes.count)
      checksum = bytes.withUnsafeBytes { Checksum.of($0) }
      if let tag { encoding = UInt64(tag) }
    }
  }

  struct Chunk {
    var kind: UInt64
    var type: UInt64
    var flags: UInt64
    var rows: UInt64
    var width: UInt64
    var payloadBytes: UInt64
    /// First frame less the one before's, zigzag.
    var step: UInt64
    var offset: UInt64
    var rowsPerFrame: UInt64
    var fingerprint: UInt64
  }

  var copy: UInt64 = 0
  var frames: [Frame]
  var chunks: [Chunk]
  /// What is written instead of the true counts.
  var claimedFrames: UInt64?
  var claimedChunks: UInt64?

  /// The version of the format, by what there is.
  var version: UInt32 { frames.contains { $0.residualBytes > 0 } ? PartitionFormat.rungsVersion : PartitionFormat.version }

  /// The parts of the sound partition file `bytes`.
  init(_ bytes: [UInt8]) throws {
    let end = bytes.count - PartitionFormat.trailerBytes
    var trailer = ByteReader(bytes[end...], place: "image")
    let footerBytes = Int(try trailer.read(UInt64.self))
    var raw = [UInt8](repeating: 0, count: Int(try trailer.read(UInt64.self)))
    try Self.decode(Array(bytes[end - footerBytes..<end]), UInt64(ZstdEncoding().tag), into: &raw)
    let footer = try PartitionFooter.decode(
      raw, version: bytes[8..<12].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }, framesEnd: end - footerBytes, place: "image")
    copy = UInt64(footer.copy)
    frames = footer.frames.map { frame -> Frame in
      var result = Frame(
        stored: Array(bytes[frame.offset..<frame.offset + frame.storedBytes]), encoding: UInt64(frame.encoding),
        storedBytes: UInt64(frame.storedBytes), rawBytes: UInt64(frame.rawBytes), checksum: frame.checksum)
      if let residual = frame.residual { result.store(residual: Array(bytes[residual.offset..<residual.offset + residual.storedBytes])) }
      return result
    }
    var before = 0
    chunks = footer.chunks.map { chunk in
      defer { before = chunk.firstFrame }
      let (shape, step) = (chunk.shape, chunk.firstFrame - before)
      return Chunk(
        kind: UInt64(shape.kind.rawValue), type: UInt64(shape.type.rawValue), flags: shape.hasValidity ? 1 : 0, rows: UInt64(shape.rows),
        width: UInt64(shape.width), payloadBytes: UInt64(chunk.payloadBytes), step: UInt64(step >= 0 ? step * 2 : -step * 2 - 1),
        offset: UInt64(chunk.offsetInFrame), rowsPerFrame: UInt64(chunk.rowsPerFrame), fingerprint: chunk.fingerprint.value)
    }
  }

  static func decode(_ stored: [UInt8], _ encoding: UInt64, into raw: inout [UInt8]) throws {
    try stored.withUnsafeBytes { source in
      try raw.withUnsafeMutableBytes {
        try FrameEncodings.decode(source, tag: UInt8(truncatingIfNeeded: encoding), into: $0, place: "image")
      }
    }
  }

  /// The bytes of frame `index` before encoding. Of a sound image.
  func raw(ofFrame index: Int) throws -> [UInt8] {
    var raw = [UInt8](repeating: 0, count: Int(frames[index].rawBytes))
    guard frames[index].encoding == UInt64(LadderEncoding.tag) else {
      try Self.decode(frames[index].stored, frames[index].encoding, into: &raw)
      return raw
    }
    try frames[index].stored.withUnsafeBytes { base in
      try frames[index].residual.withUnsafeBytes { residual in
        try raw.withUnsafeMutableBytes { try LadderFrame(base: base, place: "image").decode(residual: residual, into: $0) }
      }
    }
    return raw
  }

  /// The payloads of all chunks. Of a sound image.
  func payloads() throws -> [[UInt8]] {
    let raws = try frames.indices.map(raw(ofFrame:))
    var frame = 0
    return chunks.map { chunk in
      frame += chunk.step % 2 == 0 ? Int(chunk.step / 2) : -Int((chunk.step + 1) / 2)
      let count = chunk.rowsPerFrame == 0 ? 1 : Int((chunk.rows + chunk.rowsPerFrame - 1) / chunk.rowsPerFrame)
      return Array(raws[frame..<frame + count].joined().dropFirst(Int(chunk.offset)).prefix(Int(chunk.payloadBytes)))
    }
  }

  /// The same chunks with other payloads, each in a plain frame of its own; the rows of records are their bytes.
  func relaid(_ payloads: [[UInt8]]) -> PartitionImage {
    var image = self
    image.frames = []
    for (index, payload) in payloads.enumerated() {
      var frame = Frame(stored: [], encoding: 0, storedBytes: 0, rawBytes: UInt64(payload.count), checksum: 0)
      frame.store(payload, tag: PlainEncoding().tag)
      image.frames.append(frame)
      image.chunks[index].payloadBytes = UInt64(payload.count)
      image.chunks[index].step = index == 0 ? 0 : 2
      image.chunks[index].offset = 0
      image.chunks[index].rowsPerFrame = 0
      if image.chunks[index].kind != 0 { image.chunks[index].rows = UInt64(payload.count) }
    }
    return image
  }

  /// The file, its directory and trailer consistent with what was claimed.
  func encoded() throws -> [UInt8] {
    var writer = ByteWriter()
    writer.write(bytes: PartitionFormat.magic)
    writer.write(version)
    writer.write(UInt32(0))
    for frame in frames { writer.write(bytes: frame.stored) }
    for frame in frames { writer.write(bytes: frame.residual) }
    let raw = directory
    var stored = [UInt8](repeating: 0, count: FrameEncodings.bound(raw.count))
    let size = try raw.withUnsafeBytes { source in
      try stored.withUnsafeMutableBytes { target in
        try EncodingChoice.encode(source, FrameContent(.opaque), codec: .zstd(level: 3), into: target).bytes
      }
    }
    stored.removeLast(stored.count - size)
    writer.write(bytes: stored)
    writer.write(UInt64(size))
    writer.write(UInt64(raw.count))
    writer.write(stored.withUnsafeBytes { Checksum.of($0) })
    writer.write(bytes: PartitionFormat.footerMagic)
    return writer.bytes
  }

  private var directory: [UInt8] {
    var bytes: [UInt8] = []
    func fixed(_ value: UInt64, _ count: Int) { withUnsafeBytes(of: value.littleEndian) { bytes += $0.prefix(count) } }
    func variable(_ value: UInt64) {
      var rest = value
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    variable(copy)
    fixed(claimedFrames ?? UInt64(frames.count), 4)
    for frame in frames { fixed(frame.encoding, 1) }
    for frame in frames { variable(frame.storedBytes) }
    for frame in frames { variable(frame.rawBytes) }
    for frame in frames { fixed(frame.checksum, 8) }
    if version == PartitionFormat.rungsVersion {
      for frame in frames { variable(frame.residualBytes) }
      for frame in frames where frame.residualBytes > 0 { fixed(frame.residualChecksum, 8) }
    }
    fixed(claimedChunks ?? UInt64(chunks.count), 4)
    for field in [\Chunk.kind, \.type, \.flags] { for chunk in chunks { fixed(chunk[keyPath: field], 1) } }
    for field in [\Chunk.rows, \.width, \.payloadBytes, \.step, \.offset, \.rowsPerFrame] {
      for chunk in chunks { variable(chunk[keyPath: field]) }
    }
    for chunk in chunks { fixed(chunk.fingerprint, 8) }
    return bytes
  }
}
