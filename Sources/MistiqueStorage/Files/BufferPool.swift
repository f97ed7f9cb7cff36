import Glibc
import Synchronization

/// Memory of large buffers that are gone, kept for the next ones: the kernel clears every page it hands out, and clearing and mapping 4 KB pages
/// was found to cost three times what encoding the values in them does.
///
/// Sizes are rounded up to powers of two, so that pieces fit again. What is kept is at most `largestKeptBytes`; the rest goes back.
enum BufferPool {
  /// Smaller pieces are left to `malloc`, which does not give them back to the kernel either.
  static let smallestBytes = 128 << 10
  static let largestKeptBytes = 256 << 20
  private static let hugePageBytes = 2 << 20

  private struct Kept: @unchecked Sendable {
    var pieces: [Int: [UnsafeMutableRawPointer]] = [:]
    var bytes = 0
  }

  private static let kept = Mutex(Kept())

  static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    guard count >= smallestBytes else { return fresh(max(count, 64), alignment: 64) }
    let size = roundedUp(count)
    let reused = kept.withLock { kept -> UnsafeMutableRawPointer? in
      guard let piece = kept.pieces[size]?.popLast() else { return nil }
      kept.bytes -= size
      return piece
    }
    if let reused { return reused }
    guard size >= hugePageBytes else { return fresh(size, alignment: 64) }
    let memory = fresh(size, alignment: hugePageBytes)
    // Of pages of 2 MB there are few to map. Where the kernel has none, it stays as it was.
    _ = madvise(memory, size, MADV_HUGEPAGE)
    return memory
  }

  static func free(_ memory: UnsafeMutableRawPointer, _ count: Int) {
    guard count >= smallestBytes else { return Glibc.free(memory) }
    let size = roundedUp(count)
    let isKept = kept.withLock { kept in
      guard kept.bytes + size <= largestKeptBytes else { return false }
      kept.pieces[size, default: []].append(memory)
      kept.bytes += size
      return true
    }
    if !isKept { Glibc.free(memory) }
  }

  /// The next power of two; above 16 MB the next multiple of 4 MB, so that large answers waste little.
  private static func roundedUp(_ count: Int) -> Int {
    if count > 16 << 20 { return (count + (4 << 20) - 1) / (4 << 20) * (4 << 20) }
    return 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
  }

  private static func fresh(_ count: Int, alignment: Int) -> UnsafeMutableRawPointer {
    var memory: UnsafeMutableRawPointer?
    let status = posix_memalign(&memory, alignment, count)
    guard status == 0, let memory else { fatalError("out of memory: \(count) bytes for a buffer") }
    return memory
  }
}
