import Foundation

/// Writes a file beside its final place and renames it there when it is complete, so that nobody ever sees half a file.
///
/// Bytes gather in `buffer` and go out in pieces of a megabyte. A writer that is dropped before `commit` removes what it wrote.
final class AtomicFile {
  private static let flushByteCount = 1 << 20

  var buffer: [UInt8] = []
  private let url: URL
  private let temporaryURL: URL
  private var descriptor: Int32

  init(_ url: URL) throws {
    self.url = url
    temporaryURL = url.deletingLastPathComponent().appendingPathComponent(
      ".\(url.lastPathComponent).\(UUID().uuidString)")
    descriptor = open(temporaryURL.path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else {
      throw CSVError.unwritable(file: url.path, reason: String(cString: strerror(errno)))
    }
    buffer.reserveCapacity(Self.flushByteCount + 64 * 1_024)
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporaryURL.path)
  }

  /// Writes the buffer out when it has grown enough.
  @inline(__always)
  func flushIfFull() throws { if buffer.count >= Self.flushByteCount { try flush() } }

  private func flush() throws {
    try buffer.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        if count < 0 {
          if errno == EINTR { continue }
          throw CSVError.unwritable(file: url.path, reason: String(cString: strerror(errno)))
        }
        written += count
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the file in its place, replacing one that is there.
  func commit() throws {
    try flush()
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, rename(temporaryURL.path, url.path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporaryURL.path)
      throw CSVError.unwritable(file: url.path, reason: reason)
    }
  }
}
