import Foundation

/// The beginning of a file or a stream that a user named: all of it, where it is as short as such files are.
package enum FileStart {
  /// The bytes at `path`, and at most `most` + 1 of them, by which it shows that there are more than `most`.
  ///
  /// - Throws: ``SystemFailure``, also for a folder.
  package static func bytes(of path: String, atMost most: Int) throws(SystemFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: most + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, $0.count - count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .last }
      guard got > 0 else { break }
      count += got
    }
    return Array(bytes.prefix(count))
  }
}
