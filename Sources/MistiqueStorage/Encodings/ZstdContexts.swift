import CZstd
import Synchronization

/// Zstandard contexts that are used again: making one for a frame of 64 KB costs about as much as compressing it.
enum ZstdContexts {
  /// What is looked for in the bytes.
  enum Effort: Hashable {
    case level(Int)
    /// Next to no search for repetitions, but entropy coding of what there is: for bytes like exponents, whose only structure is that some
    /// are more frequent. On activations smaller than level 1 and three to five times as fast.
    case entropy
  }

  private struct Free: @unchecked Sendable {
    var compressors: [Effort: [OpaquePointer]] = [:]
    var decompressors: [OpaquePointer] = []
  }

  private static let free = Mutex(Free())

  /// Compresses `input`; returns the size, or `nil` when it does not fit `output`.
  static func compress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ effort: Effort) -> Int? {
    let context = free.withLock { $0.compressors[effort]?.popLast() } ?? make(effort)
    defer { free.withLock { $0.compressors[effort, default: []].append(context) } }
    let size = ZSTD_compress2(context, output.baseAddress, output.count, input.baseAddress, input.count)
    return ZSTD_isError(size) == 0 ? size : nil
  }

  /// Decompresses into all of `output`; the error's text when that fails.
  static func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> String? {
    let context = free.withLock { $0.decompressors.popLast() } ?? ZSTD_createDCtx()!
    defer { free.withLock { $0.decompressors.append(context) } }
    let size = ZSTD_decompressDCtx(context, output.baseAddress, output.count, input.baseAddress, input.count)
    if ZSTD_isError(size) != 0 { return String(cString: ZSTD_getErrorName(size)) }
    return size == output.count ? nil : "\(size) bytes instead of \(output.count)"
  }

  /// The number of `ZSTD_c_literalCompressionMode`, which zstd's header shows to static users only; 1 is `ZSTD_lcm_huffman`.
  private static let literalCompressionMode = ZSTD_cParameter(1002)

  private static func make(_ effort: Effort) -> OpaquePointer {
    guard let context = ZSTD_createCCtx() else { fatalError("out of memory: a zstd context") }
    switch effort {
    case .level(let level):
      ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    case .entropy:
      ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, -100)
      // A zstd that does not know the parameter ignores it: frames then are larger, not wrong.
      ZSTD_CCtx_setParameter(context, literalCompressionMode, 1)
    }
    return context
  }
}
