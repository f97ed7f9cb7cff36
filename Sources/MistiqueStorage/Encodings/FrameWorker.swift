import CZstd
import Synchronization

/// What encoding and decoding a frame needs beside the frame: zstd contexts and memory that is used again.
///
/// Creating a zstd context and touching fresh pages cost more than the work on 64 KB does, so workers are lent from a pool, one to each
/// thread at a time. The pool grows to the number that were ever busy at once.
final class FrameWorker {
  /// Areas of memory that are in use together.
  enum Area: Int, CaseIterable {
    case frame, bitmaps, transformed, planes, codes, dictionary, counts
  }

  /// More than this is given back after use: frames of this size are rare.
  private static let largestKeptBytes = 8 << 20

  private let compression = ZSTD_createCCtx()!
  private let decompression = ZSTD_createDCtx()!
  private var areas = [UnsafeMutableRawBufferPointer](repeating: .init(start: nil, count: 0), count: Area.allCases.count)

  private init() {}

  deinit {
    ZSTD_freeCCtx(compression)
    ZSTD_freeDCtx(decompression)
    for area in areas { area.deallocate() }
  }

  /// A worker on its way between threads: it is in the pool or with one thread, never both.
  private struct Idle: @unchecked Sendable { let worker: FrameWorker }
  private static let pool = Mutex<[Idle]>([])

  static func lend<Result>(_ body: (FrameWorker) throws -> Result) rethrows -> Result {
    let worker = pool.withLock { $0.popLast() }?.worker ?? FrameWorker()
    defer {
      worker.trim()
      let idle = Idle(worker: worker)
      pool.withLock { $0.append(idle) }
    }
    return try body(worker)
  }

  /// Memory of at least `bytes` bytes and 64 more, so that copies may run over. It holds what was last there.
  func memory(_ area: Area, bytes: Int) -> UnsafeMutableRawPointer {
    let needed = bytes + 64
    if areas[area.rawValue].count < needed {
      areas[area.rawValue].deallocate()
      areas[area.rawValue] = .allocate(byteCount: max(needed, 128 << 10), alignment: 64)
    }
    return areas[area.rawValue].baseAddress!
  }

  /// The size of `input` compressed into `output`, `nil` when it does not fit.
  func compress(_ input: UnsafeRawBufferPointer, _ content: StreamContent, into output: UnsafeMutableRawBufferPointer) -> Int? {
    let parameters = content.parameters
    // A stream that did not fit its room leaves the context in the middle of it, where it takes no parameters: the next stream would be compressed
    // with those of the last, and bytes would depend on which thread did what before.
    ZSTD_CCtx_reset(compression, ZSTD_reset_session_only)
    ZSTD_CCtx_setParameter(compression, ZSTD_c_compressionLevel, parameters.level)
    ZSTD_CCtx_setParameter(compression, ZSTD_c_minMatch, parameters.minMatch)
    ZSTD_CCtx_setParameter(compression, ZSTD_c_hashLog, parameters.hashLog)
    // A zstd that does not know the parameter refuses it: streams are then larger, not wrong.
    ZSTD_CCtx_setParameter(compression, Self.literalCompressionMode, parameters.compressesLiterals)
    let size = ZSTD_compress2(compression, output.baseAddress, output.count, input.baseAddress, input.count)
    return ZSTD_isError(size) == 0 ? size : nil
  }

  /// The number of `ZSTD_c_literalCompressionMode`, which zstd's header shows to static users only: 0 automatic, 1 always.
  private static let literalCompressionMode = ZSTD_cParameter(1002)

  /// Whether `input` decompresses to exactly `output.count` bytes.
  func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
    ZSTD_decompressDCtx(decompression, output.baseAddress, output.count, input.baseAddress, input.count) == output.count
  }

  private func trim() {
    for index in areas.indices where areas[index].count > Self.largestKeptBytes {
      areas[index].deallocate()
      areas[index] = .init(start: nil, count: 0)
    }
  }
}

extension StreamContent {
  /// zstd's parameters; 0 is the level's own.
  fileprivate var parameters: (level: Int32, minMatch: Int32, hashLog: Int32, compressesLiterals: Int32) {
    switch self {
    // Among symbols of a few bits, matches are chance and cost more than the Huffman codes of what they replace. The longest minimum and
    // a table of 64 entries leave long runs and little else: 1.3 % smaller than level 1, 19 % faster in, 15 % out.
    case .symbols: (1, 7, 6, 0)
    // Next to no search, and entropy coding all the same: on exponents smaller than level 1 and three to five times as fast.
    case .frequencies: (-100, 0, 0, 1)
    case .level(let level): (Int32(clamping: level), 0, 0, 0)
    case .bytes, .noise: (1, 0, 0, 0)
    }
  }
}
