import CZlib

/// gzip (RFC 1952), the paper's codec: DEFLATE in a wrapper that other programs read too.
struct GzipEncoding: FrameEncoding {
  /// 1 to 9. It decides how a frame is compressed, not how it is read.
  var level = 6

  // zlib's own convenience calls write zlib streams; a gzip wrapper needs 16 added to the window bits.
  private static let windowBits: Int32 = 15 + 16

  var tag: UInt8 { 1 }

  func serves(_ content: FrameContent) -> Bool { true }

  func bound(_ count: Int) -> Int { Int(compressBound(UInt(count))) + 18 }

  /// As `FrameEncoding.encode`; `nil` also for a level that zlib does not have.
  func encode(_ raw: UnsafeRawBufferPointer, _ content: FrameContent, into room: UnsafeMutableRawBufferPointer) -> Int? {
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, Int32(clamping: level), Z_DEFLATED, Self.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { return nil }
    defer { deflateEnd(&stream) }
    guard Self.set(&stream, input: raw, output: room), deflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
    return Int(stream.total_out)
  }

  func decode(_ stored: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, place: String) throws {
    var stream = z_stream()
    guard inflateInit2_(&stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw StoreError(.inputOutput, "zlib could not start", at: place, remedy: "Free some memory.")
    }
    defer { inflateEnd(&stream) }
    guard Self.set(&stream, input: stored, output: output) else {
      throw StoreError.corrupt("a frame of \(output.count) bytes is larger than gzip frames are", at: place)
    }
    let status = inflate(&stream, Z_FINISH)
    guard status == Z_STREAM_END, stream.avail_in == 0, Int(stream.total_out) == output.count else {
      throw StoreError.corrupt(
        "a frame does not decompress to its \(output.count) bytes (zlib status \(status), \(stream.total_out) bytes)", at: place)
    }
  }

  /// Whether both fit zlib's counts, which have 32 bits.
  private static func set(_ stream: inout z_stream, input: UnsafeRawBufferPointer, output: UnsafeMutableRawBufferPointer) -> Bool {
    guard let available = UInt32(exactly: input.count) else { return false }
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = available
    stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(clamping: output.count)
    return true
  }
}
