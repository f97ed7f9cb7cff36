import Foundation
import Synchronization

/// Standard output or standard error, written without a buffer of its own.
///
/// Nothing that happens to the stream traps. What cannot be written is remembered: the program goes on with its work, and
/// ``StandardStreams/exit(_:)`` turns the loss into an exit status. After a first failure nothing more is written, so that what arrives has
/// no holes. Safe from any thread.
package final class StandardStream: Sendable {
  package static let output = StandardStream(STDOUT_FILENO, name: "standard output")
  package static let error = StandardStream(STDERR_FILENO, name: "standard error")

  let name: String
  private let descriptor: Int32
  private let state = Mutex<SystemFailure?>(nil)

  init(_ descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// The first failure, if there was one.
  package var failure: SystemFailure? { state.withLock { $0 } }

  /// Writes a text and a line end.
  package func line(_ text: String) { write(text + "\n") }

  /// Writes a text as it is.
  package func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in _ = try? write(contentsOf: UnsafeRawBufferPointer(bytes)) }  // the failure is kept
  }

  /// Writes bytes.
  ///
  /// - Throws: ``SystemFailure``, for work that is worth nothing once nobody receives it; the failure is kept as well.
  package func write(contentsOf bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
    let failure = state.withLock { failure -> SystemFailure? in
      if failure == nil {
        do throws(SystemFailure) { try descriptor.writeAll(bytes) } catch { failure = error }
      }
      return failure
    }
    if let failure { throw failure }
  }

  /// Whether it is a terminal.
  package var isTerminal: Bool { isatty(descriptor) == 1 }
}
