import Foundation

/// A system call that failed: its reason in the system's words.
package struct SystemFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The system's error number.
  package let code: Int32

  package init(code: Int32) { self.code = code }

  /// The error of the call that just failed. Call it before anything else can change `errno`.
  package static var last: SystemFailure { SystemFailure(code: errno) }

  package var description: String { String(cString: strerror(code)) }
}

extension Int32 {
  /// Writes all bytes to this descriptor. Goes on after signals, and waits where a descriptor that does not block has no room.
  ///
  /// - Throws: ``SystemFailure``. A broken pipe ends the process by SIGPIPE unless that is ignored.
  package func writeAll(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
    var written = 0
    while written < bytes.count {
      let count = write(self, bytes.baseAddress! + written, bytes.count - written)
      if count >= 0 {
        written += count
      } else if errno == EAGAIN {
        var state = pollfd(fd: self, events: Int16(POLLOUT), revents: 0)
        guard poll(&state, 1, -1) >= 0 || errno == EINTR else { throw .last }
      } else if errno != EINTR {
        throw .last
      }
    }
  }
}
