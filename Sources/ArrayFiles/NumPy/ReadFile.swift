import Foundation
import Groundwork

/// A regular file that is open for reading, closed when it is dropped.
struct ReadFile: ~Copyable {
  let size: Int
  let identity: FileIdentity
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
      throw NPYError(path, "it is no regular file", remedy: "Name a file that numpy.save or numpy.savez has written")
    }
    (self.path, self.descriptor, size, identity) = (path, descriptor, Int(status.st_size), FileIdentity(status))
  }

  deinit { close(descriptor) }

  borrowing func bytes(at offset: Int, count: Int) throws(NPYError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: NPYError?
    bytes.withUnsafeMutableBytes { target in
      do throws(NPYError) { try read(at: offset, into: target) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Fills `target` with the bytes from `offset` on, which the file must have.
  borrowing func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(NPYError) {
    var got = 0
    while got < target.count {
      let step = pread(descriptor, target.baseAddress! + got, target.count - got, off_t(offset + got))
      if step < 0, errno == EINTR { continue }
      guard step >= 0 else { throw Self.unreadable(path, .last) }
      // The size was checked before; it may have shrunk since.
      guard step > 0 else { throw NPYError(path, "it became shorter while it was read", remedy: "Wait until it is written") }
      got += step
    }
  }

  /// Throws ``NPYError`` when the file was written, or another one took its name, since it was opened: what was read may be of both.
  borrowing func requireUnchanged(origin: String) throws(NPYError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, FileIdentity(status) == identity else {
      throw NPYError(origin, "the file was written while it was read", remedy: "Wait until it is written, and begin again")
    }
  }

  private static func unreadable(_ path: String, _ failure: SystemFailure) -> NPYError {
    NPYError(path, "it cannot be read: \(failure)", remedy: "Check the path and its permissions")
  }
}
