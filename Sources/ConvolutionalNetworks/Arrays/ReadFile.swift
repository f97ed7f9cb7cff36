import Foundation
import Groundwork

/// A regular file that is open for reading, closed when it is dropped.
struct ReadFile: ~Copyable {
  let size: Int
  private let path: String
  private let descriptor: Int32

  /// - Throws: ``NPYError`` when it cannot be opened, or is a folder, a FIFO or a device.
  init(_ path: String) throws(NPYError) {
    // Without O_NONBLOCK, opening a FIFO would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.unreadable(path, .last) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let failure = SystemFailure.last
      close(descriptor)
      throw Self.unreadable(path, failure)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw NPYError(path, "it is no regular file", remedy: "Name a .npy file, as numpy.save writes it")
    }
    (self.path, self.descriptor, size) = (path, descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  borrowing func bytes(at offset: Int, count: Int) throws(NPYError) -> [UInt8] {
    var failure: SystemFailure?
    var got = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while got < count {
        let step = pread(descriptor, buffer.baseAddress! + got, count - got, off_t(offset + got))
        if step < 0, errno == EINTR { continue }
        if step < 0 { failure = .last }
        guard step > 0 else { break }
        got += step
      }
      initialized = got
    }
    if let failure { throw Self.unreadable(path, failure) }
    // The size was checked before; it may have shrunk since.
    guard got == count else { throw NPYError(path, "it became shorter while it was read", remedy: "Wait until it is written") }
    return bytes
  }

  private static func unreadable(_ path: String, _ failure: SystemFailure) -> NPYError {
    NPYError(path, "it cannot be read: \(failure)", remedy: "Check the path and its permissions")
  }
}
