import Foundation
import Groundwork

/// Writes a CSV file that the user named: whole or not at all, or straight into what is there if that is no regular file (see `OutputFile`).
///
/// Bytes gather in `buffer` and are written in pieces of a megabyte. An output that is dropped before `commit` removes what it wrote.
final class CSVOutput {
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

  /// Writes the buffer once it has a megabyte.
  @inline(__always)
  func flushIfFull() throws { if buffer.count >= Self.flushByteCount { try flush() } }

  private func flush() throws {
    try reported {
      try buffer.withUnsafeBytes { bytes in try file?.write(bytes) }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the complete file in its place, and replaces one that is there.
  func commit() throws {
    try flush()
    try reported { try file.take()?.commit() }
  }

  private func reported(_ body: () throws -> Void) throws {
    do { try body() } catch let error as SystemFailure { throw CSVError.unwritable(file: url.path, reason: "\(error)") }
  }
}
