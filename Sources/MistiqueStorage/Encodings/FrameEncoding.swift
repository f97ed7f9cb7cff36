import CZstd

/// How one frame's bytes are encoded: the number in its directory entry, and what writes and reads it.
enum FrameEncoding: UInt8, Sendable, CaseIterable {
  case plain = 0
  case gzip = 1
  case zstd = 2
  /// `FloatEncoding` of float32, float16, 8-bit codes.
  case float32 = 3
  case float16 = 4
  case codes = 5

  /// The most bytes that encoding `count` bytes can take.
  static func bound(_ count: Int) -> Int { max(Gzip.bound(count), ZSTD_compressBound(count), FloatEncoding.bound(count)) }

  /// Encodes `raw` into `output`, which must have room for `bound(raw.count)` bytes; returns how, and how many bytes.
  ///
  /// With `Codec.automatic` the elements decide. Whatever it is, a frame that would not become smaller stays as it is.
  static func encode(
    _ raw: UnsafeRawBufferPointer, element: FrameElement, codec: Codec, into output: UnsafeMutableRawBufferPointer
  ) throws -> (encoding: FrameEncoding, bytes: Int) {
    precondition(output.count >= bound(raw.count), "the output buffer is smaller than the bound")
    let (encoding, bytes) = try write(raw, element: element, codec: codec, into: output)
    if bytes < raw.count || encoding == .plain || codec != .automatic { return (encoding, bytes) }
    output.copyMemory(from: raw)
    return (.plain, raw.count)
  }

  private static func write(
    _ raw: UnsafeRawBufferPointer, element: FrameElement, codec: Codec, into output: UnsafeMutableRawBufferPointer
  ) throws -> (FrameEncoding, Int) {
    switch codec {
    case .none:
      output.copyMemory(from: raw)
      return (.plain, raw.count)
    case .gzip(let level): return (.gzip, try Gzip.compress(raw, into: output, level: level))
    case .zstd(let level): return (.zstd, try zstd(raw, level: level, into: output))
    case .automatic:
      switch element {
      case .float32: return (.float32, FloatEncoding.encode(raw, .float32, into: output))
      case .float16: return (.float16, FloatEncoding.encode(raw, .float16, into: output))
      case .codes: return (.codes, FloatEncoding.encode(raw, .codes, into: output))
      case .words, .opaque: return (.zstd, try zstd(raw, level: 1, into: output))
      }
    }
  }

  private static func zstd(_ raw: UnsafeRawBufferPointer, level: Int, into output: UnsafeMutableRawBufferPointer) throws -> Int {
    guard let size = ZstdContexts.compress(raw, into: output, .level(level)) else {
      throw StoreError(.invalid, "a frame could not be compressed at level \(level)", at: "zstd", remedy: "Use a level of 1 to 19.")
    }
    return size
  }

  /// Decodes `stored` into exactly `output.count` bytes.
  /// - Throws: `StoreError` with code `corrupt` when the bytes are not that many of this encoding; `place` is named in it.
  static func decode(
    _ stored: UnsafeRawBufferPointer, encoding: UInt8, into output: UnsafeMutableRawBufferPointer, place: String
  ) throws {
    switch FrameEncoding(rawValue: encoding) {
    case .plain:
      guard stored.count == output.count else {
        throw StoreError.corrupt("a frame of \(output.count) bytes has \(stored.count)", at: place)
      }
      output.copyMemory(from: stored)
    case .gzip: try Gzip.decompress(stored, into: output, place: place)
    case .zstd:
      if let problem = ZstdContexts.decompress(stored, into: output) {
        throw StoreError.corrupt("a frame does not decompress (zstd: \(problem))", at: place)
      }
    case .float32: try FloatEncoding.decode(stored, .float32, into: output, place: place)
    case .float16: try FloatEncoding.decode(stored, .float16, into: output, place: place)
    case .codes: try FloatEncoding.decode(stored, .codes, into: output, place: place)
    case nil:
      throw StoreError(
        .unsupportedVersion, "a frame has encoding \(encoding), which this version does not know", at: place,
        remedy: "Read the store with a newer version of Mistique.")
    }
  }
}
