import CZlib

/// gzip, the paper's codec: DEFLATE in a wrapper that other programs read too.
enum Gzip {
  static func bound(_ count: Int) -> Int { Int(compressBound(UInt(count))) + 18 }

  // zlib's own convenience calls write zlib streams; a gzip wrapper needs 16 added to the window bits.
  private static let windowBits: Int32 = 15 + 16

  /// Compresses `input` into `output` of at least `bound(input.count)` bytes; returns how many were written.
  static func compress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, level: Int) throws -> Int {
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, Int32(level), Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw failed("zlib status \(status)") }
    defer { deflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(input.count)
    stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(clamping: output.count)
    guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw failed("the output did not fit its bound") }
    return Int(stream.total_out)
  }

  /// Decompresses `input` into exactly `output.count` bytes.
  static func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var stream = z_stream()
    guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw StoreError(.inputOutput, "zlib could not start", at: place, remedy: "Free some memory.")
    }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(input.count)
    stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(output.count)
    let status = inflate(&stream, Z_FINISH)
    guard status == Z_STREAM_END, stream.avail_in == 0, Int(stream.total_out) == output.count else {
      throw StoreError.corrupt(
        "a frame does not decompress to its \(output.count) bytes (zlib status \(status), \(stream.total_out) bytes)", at: place)
    }
  }

  private static func failed(_ what: String) -> StoreError {
    StoreError(.invalid, "a frame could not be compressed: \(what)", at: "gzip", remedy: "Use a level of 1 to 9.")
  }
}
