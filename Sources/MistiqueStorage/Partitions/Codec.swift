import CZlib
import CZstd

/// How the bytes of a frame are compressed. Each frame names its codec, so that one store may hold several.
public enum Codec: Sendable, Hashable, Codable {
  case none
  /// DEFLATE in a gzip wrapper, the paper's codec. Levels 1 to 9; 6 is gzip's own default.
  case gzip(level: Int = 6)
  /// Zstandard. Levels 1 to 19.
  case zstd(level: Int = 1)

  /// The number in a frame's directory entry. The level is not stored: reading does not need it.
  package var identifier: UInt8 {
    switch self {
    case .none: 0
    case .gzip: 1
    case .zstd: 2
    }
  }

  public var name: String {
    switch self {
    case .none: "none"
    case .gzip: "gzip"
    case .zstd: "zstd"
    }
  }

  /// The most bytes `compress` can need for `count` bytes.
  package func bound(_ count: Int) -> Int {
    switch self {
    case .none: count
    case .gzip: Int(compressBound(UInt(count))) + 18
    case .zstd: ZSTD_compressBound(count)
    }
  }

  /// Compresses `input` into `output`, which must have room for `bound(input.count)` bytes; returns how many were written.
  package func compress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws -> Int {
    precondition(output.count >= bound(input.count), "the output buffer is smaller than the codec's bound")
    switch self {
    case .none:
      output.copyMemory(from: input)
      return input.count
    case .zstd(let level):
      let size = ZSTD_compress(output.baseAddress, output.count, input.baseAddress, input.count, Int32(level))
      guard ZSTD_isError(size) == 0 else { throw failed("zstd: \(String(cString: ZSTD_getErrorName(size)))") }
      return size
    case .gzip(let level):
      return try deflateGzip(input, into: output, level: Int32(level))
    }
  }

  /// Decompresses `input` into exactly `output.count` bytes.
  /// - Throws: `StoreError` with code `corrupt` when the input is not that many bytes of this codec; `place` is named in it.
  package static func decompress(
    _ input: UnsafeRawBufferPointer, identifier: UInt8, into output: UnsafeMutableRawBufferPointer, place: String
  ) throws {
    switch identifier {
    case 0:
      guard input.count == output.count else { throw wrongSize(input.count, output.count, place) }
      output.copyMemory(from: input)
    case 1:
      try inflateGzip(input, into: output, place: place)
    case 2:
      let size = ZSTD_decompress(output.baseAddress, output.count, input.baseAddress, input.count)
      guard ZSTD_isError(size) == 0 else {
        throw StoreError.corrupt("a frame does not decompress (zstd: \(String(cString: ZSTD_getErrorName(size))))", at: place)
      }
      guard size == output.count else { throw wrongSize(size, output.count, place) }
    default:
      throw StoreError(
        .unsupportedVersion, "a frame is compressed with codec \(identifier), which this version does not know", at: place,
        remedy: "Read the store with a newer version of Mistique.")
    }
  }

  private func failed(_ what: String) -> StoreError {
    StoreError(.invalid, "a frame could not be compressed: \(what)", at: name, remedy: "Check the codec's level.")
  }

  private static func wrongSize(_ got: Int, _ expected: Int, _ place: String) -> StoreError {
    .corrupt("a frame decompresses to \(got) bytes instead of \(expected)", at: place)
  }

  // zlib's own convenience calls write zlib streams; a gzip wrapper needs 16 added to the window bits.
  private static let gzipWindowBits: Int32 = 15 + 16

  private func deflateGzip(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, level: Int32) throws -> Int {
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, level, Z_DEFLATED, Self.gzipWindowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw failed("zlib status \(status)") }
    defer { deflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(input.count)
    stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(clamping: output.count)
    guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw failed("the output did not fit its bound") }
    return Int(stream.total_out)
  }

  private static func inflateGzip(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var stream = z_stream()
    guard inflateInit2_(&stream, gzipWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw StoreError(.inputOutput, "zlib could not start", at: place, remedy: "Free some memory.")
    }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(input.count)
    stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(output.count)
    let status = inflate(&stream, Z_FINISH)
    guard status == Z_STREAM_END, Int(stream.total_out) == output.count else {
      throw StoreError.corrupt(
        "a frame does not decompress to its \(output.count) bytes (zlib status \(status), \(stream.total_out) bytes)", at: place)
    }
  }
}
