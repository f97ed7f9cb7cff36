import Foundation

/// Memory of zeros, aligned to a page, that takes none before it is touched: a network that is bound for 64 images and run for one, or from a late
/// layer, never touches most of its activations.
///
/// Setting the 140 MB of VGG16, bound for 64 images, to zero took three quarters of the time of restoring it.
final class ZeroMemory {
  /// Nil if there are no bytes.
  let start: UnsafeMutableRawPointer?
  private let byteCount: Int

  /// - Throws: ``NetworkError/library(operation:status:)`` if there is no room.
  init(byteCount: Int) throws {
    self.byteCount = byteCount
    guard byteCount > 0 else {
      start = nil
      return
    }
    // A fresh mapping of no file is zero, which memory from `malloc` is not.
    let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      throw NetworkError.library(operation: "allocate \(byteCount) bytes", status: String(cString: strerror(errno)))
    }
    start = mapped
  }

  deinit { if let start { munmap(start, byteCount) } }
}
