import Glibc
import Synchronization

/// Memory of large buffers that are gone, kept for the next ones: the kernel clears every page it hands out, and clearing and mapping 4 KB pages
/// was found to cost three times what encoding the values in them does.
///
/// Sizes are rounded up to powers of two, so that pieces fit again. What is kept is at most `largestKeptBytes`. The pieces that were given back longest
/// ago go to the kernel first: a process that asks for other sizes than before would otherwise keep what it no longer needs and clear pages for
/// all that it does (a re-run of 80 images: 7 or 54 ms). Of what is kept beyond `ownBytes` the kernel may take pages back when memory is short.
enum BufferPool {
  /// Smaller pieces are left to `malloc`, which does not give them back to the kernel either.
  static let smallestBytes = 128 << 10
  static let ownBytes = 256 << 20
  /// A sixteenth of the memory, so that answers that are larger than `ownBytes` find their pages too.
  static let largestKeptBytes = max(ownBytes, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 16)
  private static let hugePageBytes = 2 << 20

  private struct FreeMemory: @unchecked Sendable {
    let memory: UnsafeMutableRawPointer
    /// Counts pieces given back: the smaller, the longer ago.
    let turn: Int
  }

  private struct Kept {
    /// By size; of one size, the last given back last.
    var pieces: [Int: [FreeMemory]] = [:]
    var bytes = 0
    var turns = 0

    mutating func take(_ size: Int) -> FreeMemory? {
      guard let piece = pieces[size]?.popLast() else { return nil }
      bytes -= size
      return piece
    }

    mutating func give(_ memory: UnsafeMutableRawPointer, _ size: Int) {
      pieces[size, default: []].append(FreeMemory(memory: memory, turn: turns))
      bytes += size
      turns += 1
    }

    /// Pieces to be freed, so that no more than `limit` bytes are kept.
    mutating func removeOldest(beyond limit: Int) -> [FreeMemory] {
      var removed: [FreeMemory] = []
      while bytes > limit, let size = pieces.filter({ !$1.isEmpty }).min(by: { $0.value[0].turn < $1.value[0].turn })?.key {
        removed.append(pieces[size]!.removeFirst())
        bytes -= size
      }
      return removed
    }
  }

  private static let kept = Mutex(Kept())

  static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    guard let memory = allocateIfPossible(count) else { fatalError("out of memory: \(count) bytes for a buffer") }
    return memory
  }

  /// `nil` where there is not so much memory, even without what is kept.
  static func allocateIfPossible(_ count: Int) -> UnsafeMutableRawPointer? {
    guard count >= smallestBytes else { return fresh(max(count, 64), alignment: 64) }
    guard count <= Int.max / 2 else { return nil }
    let size = roundedUp(count)
    if let reused = kept.withLock({ $0.take(size) }) { return reused.memory }
    guard size >= hugePageBytes else { return fresh(size, alignment: 64) }
    guard let memory = fresh(size, alignment: hugePageBytes) else { return nil }
    // Of pages of 2 MB there are few to map. Where the kernel has none, it stays as it was.
    _ = madvise(memory, size, MADV_HUGEPAGE)
    return memory
  }

  static func free(_ memory: UnsafeMutableRawPointer, _ count: Int) {
    guard count >= smallestBytes else { return Glibc.free(memory) }
    let size = roundedUp(count)
    guard size <= largestKeptBytes else { return Glibc.free(memory) }
    // Before another thread can take it: what is written from then on stays.
    if size >= hugePageBytes, kept.withLock({ $0.bytes }) + size > ownBytes { _ = madvise(memory, size, MADV_FREE) }
    let piece = Int(bitPattern: memory)
    let removed = kept.withLock { kept in
      kept.give(UnsafeMutableRawPointer(bitPattern: piece)!, size)
      return kept.removeOldest(beyond: largestKeptBytes)
    }
    for piece in removed { Glibc.free(piece.memory) }
  }

  /// The next power of two; above 16 MB the next multiple of 4 MB, so that large answers waste little.
  private static func roundedUp(_ count: Int) -> Int {
    if count > 16 << 20 { return (count + (4 << 20) - 1) / (4 << 20) * (4 << 20) }
    return 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
  }

  private static func fresh(_ count: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    var memory: UnsafeMutableRawPointer?
    if posix_memalign(&memory, alignment, count) == 0 { return memory }
    // The process may have a limit of its own, under which what is kept counts too.
    let removed = kept.withLock { $0.removeOldest(beyond: 0) }
    for piece in removed { Glibc.free(piece.memory) }
    return !removed.isEmpty && posix_memalign(&memory, alignment, count) == 0 ? memory : nil
  }

  /// Whether a piece of as many bytes is kept.
  static func keeps(_ count: Int) -> Bool { kept.withLock { !($0.pieces[roundedUp(count)] ?? []).isEmpty } }
}
