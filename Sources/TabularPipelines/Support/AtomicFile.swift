import Foundation
import Groundwork

/// Writes a file that the user named: whole or not at all, and into what is there where that is no regular file (see ``OutputFile``).
///
/// Bytes gather in `buffer` and go out in pieces of a megabyte. A writer that is dropped before `commit` removes what it wrote.
final class AtomicFile {
  private static let flushByteCount = 1 << 20

  var buffer: [UInt8] = []
  private let url: URL
  private var file: OutputFile?

  init(_ url: URL) throws {
    self.url = url
    file = nil
    try reported { file = try OutputFile(url) }
    buffer.reserveCapacity(Self.flushByteCount + 64 * 1_024)
  }

  /// Writes the buffer out when it has grown enough.
  @inline(__always)
  func flushIfFull() throws { if buffer.count >= Self.flushByteCount { try flush() } }

  private func flush() throws {
    try reported {
      try buffer.withUnsafeBytes { bytes in try file?.write(bytes) }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the file in its place, replacing one that is there.
  func commit() throws {
    try flush()
    try reported { try file.take()?.commit() }
  }

  private func reported(_ body: () throws -> Void) throws {
    do { try body() } catch let error as SystemFailure { throw CSVError.unwritable(file: url.path, reason: "\(error)") }
  }
}
