import CStorageKernels
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
  /// `WordEncoding` of words of 1, 2, 4, 8 bytes.
  case words1 = 6
  case words2 = 7
  case words4 = 8
  case words8 = 9
  /// `TextEncoding`.
  case text = 10
  /// `DifferenceEncoding` around one of the others.
  case differences = 11

  /// The most bytes that encoding `count` bytes can take.
  static func bound(_ count: Int) -> Int { max(Gzip.bound(count), ZSTD_compressBound(count), TextEncoding.bound(count)) }

  /// Encodes `raw` into `output`, which must have room for `bound(raw.count)` bytes; returns how, and how many bytes.
  ///
  /// With `Codec.automatic` the content decides, and a frame that would not become smaller stays as it is.
  static func encode(
    _ raw: UnsafeRawBufferPointer, _ content: FrameContent, codec: Codec, into output: UnsafeMutableRawBufferPointer
  ) throws -> (encoding: FrameEncoding, bytes: Int) {
    precondition(output.count >= bound(raw.count), "the output buffer is smaller than the bound")
    switch codec {
    case .none: break
    case .gzip(let level): return (.gzip, try Gzip.compress(raw, into: output, level: level))
    case .zstd(let level):
      guard let size = FrameWorker.lend({ $0.compress(raw, .level(level), into: output) }) else {
        throw StoreError(.invalid, "a frame could not be compressed at level \(level)", at: "zstd", remedy: "Use a level of 1 to 19.")
      }
      return (.zstd, size)
    case .automatic:
      let best = content.differences.isEmpty ? encodeAlone(raw, content, into: output) : encodeSimilar(raw, content, into: output)
      if let (encoding, size) = best, size < raw.count { return (encoding, size) }
    }
    output.copyMemory(from: raw)
    return (.plain, raw.count)
  }

  /// A frame of similar chunks, the smallest of three ways: as if they were not, repetitions, differences.
  private static func encodeSimilar(
    _ raw: UnsafeRawBufferPointer, _ content: FrameContent, into output: UnsafeMutableRawBufferPointer
  ) -> (FrameEncoding, Int)? {
    withUnsafeTemporaryAllocation(byteCount: 2 * bound(raw.count) + 1024, alignment: 64) { scratch in
      var best = encodeAlone(raw, content, into: output)
      func keep(_ encoding: FrameEncoding, _ size: Int?) {
        guard let size, size < best?.1 ?? .max else { return }
        output.copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[..<size]))
        best = (encoding, size)
      }
      keep(.zstd, FrameWorker.lend { $0.compress(raw, .bytes, into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<raw.count])) })
      keep(.differences, DifferenceEncoding.encode(raw, content, into: scratch))
      return best
    }
  }

  /// A frame by what its elements are; `nil` when that does not make it smaller.
  static func encodeAlone(
    _ raw: UnsafeRawBufferPointer, _ content: FrameContent, into output: UnsafeMutableRawBufferPointer
  ) -> (FrameEncoding, Int)? {
    switch content.element {
    case .float32:
      if hasFewValues(raw) { return (.words4, WordEncoding.encode(raw, wordBytes: 4, into: output)) }
      return FloatEncoding.encode(raw, .float32, into: output).map { (.float32, $0) }
    case .float32Column:
      let words = WordEncoding.encode(raw, wordBytes: 4, into: output)
      return withUnsafeTemporaryAllocation(byteCount: bound(raw.count), alignment: 64) { scratch in
        guard let floats = FloatEncoding.encode(raw, .float32, into: scratch), floats < words else { return (.words4, words) }
        output.copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[..<floats]))
        return (.float32, floats)
      }
    case .float16: return FloatEncoding.encode(raw, .float16, into: output).map { (.float16, $0) }
    case .codes: return FloatEncoding.encode(raw, .codes, into: output).map { (.codes, $0) }
    case .words(let bytes):
      guard let encoding = words(bytes) else { preconditionFailure("words have 1, 2, 4 or 8 bytes, not \(bytes)") }
      return (encoding, WordEncoding.encode(raw, wordBytes: bytes, bitmaps: content.bitmaps, into: output))
    case .text: return (.text, TextEncoding.encode(raw, chunks: content.texts, into: output))
    case .opaque: return FrameWorker.lend { $0.compress(raw, .bytes, into: output) }.map { (.zstd, $0) }
    }
  }

  /// Tells numbers of which there are few, such as images (256 grey values, whatever number each is), from activations, all different.
  private static func hasFewValues(_ raw: UnsafeRawBufferPointer) -> Bool {
    guard let base = raw.baseAddress else { return false }
    return mistique_has_few_values(base.assumingMemoryBound(to: UInt32.self), raw.count / 4) != 0
  }

  private static func words(_ bytes: Int) -> FrameEncoding? { [1: words1, 2: words2, 4: words4, 8: words8][bytes] }

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
      guard FrameWorker.lend({ $0.decompress(stored, into: output) }) else {
        throw StoreError.corrupt("a frame does not decompress to \(output.count) bytes (zstd)", at: place)
      }
    case .float32: try FloatEncoding.decode(stored, .float32, into: output, place: place)
    case .float16: try FloatEncoding.decode(stored, .float16, into: output, place: place)
    case .codes: try FloatEncoding.decode(stored, .codes, into: output, place: place)
    case .words1: try WordEncoding.decode(stored, into: output, wordBytes: 1, place: place)
    case .words2: try WordEncoding.decode(stored, into: output, wordBytes: 2, place: place)
    case .words4: try WordEncoding.decode(stored, into: output, wordBytes: 4, place: place)
    case .words8: try WordEncoding.decode(stored, into: output, wordBytes: 8, place: place)
    case .text: try TextEncoding.decode(stored, into: output, place: place)
    case .differences: try DifferenceEncoding.decode(stored, into: output, place: place)
    case nil:
      throw StoreError(
        .unsupportedVersion, "a frame has encoding \(encoding), which this version does not know", at: place,
        remedy: "Read the store with a newer version of Mistique.")
    }
  }
}
