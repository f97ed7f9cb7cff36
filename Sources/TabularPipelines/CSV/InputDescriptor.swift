import Foundation

/// An open file, closed when its last user lets go of it. Converters read it from front to back.
final class InputDescriptor {
  private(set) var descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Hands the descriptor on; the caller closes it.
  func take() -> Int32 {
    defer { descriptor = -1 }
    return descriptor
  }

  /// The first bytes, at most 4 KiB.
  func head(file: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = try bytes.withUnsafeMutableBufferPointer { try Self.read(descriptor, at: 0, into: $0, file: file) }
    return Array(bytes.prefix(count))
  }

  /// Fills `target` from `offset` on, up to the end of the file, and returns how many bytes it read. Throws `CSVError.unreadable`.
  static func read(_ descriptor: Int32, at offset: Int, into target: UnsafeMutableBufferPointer<UInt8>, file: String) throws -> Int {
    var done = 0
    while done < target.count {
      let got = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(offset + done))
      if got < 0 {
        if errno == EINTR { continue }
        throw CSVError.unreadable(file: file, reason: String(cString: strerror(errno)))
      }
      if got == 0 { break }
      done += got
    }
    return done
  }
}

/// An unnamed file in the folder for temporary files (`TMPDIR`), for the contents of a file that has to be converted. It vanishes with its
/// descriptor, however the process ends.
final class TemporaryFile {
  private(set) var byteCount = 0
  private let file: String
  private let folder = FileManager.default.temporaryDirectory.path
  private var descriptor: Int32

  /// - Parameter file: the file that is converted, for errors.
  init(file: String) throws {
    self.file = file
    var path = Array("\(folder)/mistique-csv-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw Self.failure(file, folder) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Throws `CSVError.unreadable` when there is no room.
  func append(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    var written = 0
    while written < bytes.count {
      let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure(file, folder)
      }
      written += count
    }
    byteCount += bytes.count
  }

  /// Hands the descriptor on; the caller closes it.
  func take() -> Int32 {
    defer { descriptor = -1 }
    return descriptor
  }

  private static func failure(_ file: String, _ folder: String) -> CSVError {
    .unreadable(
      file: file,
      reason:
        "its contents cannot be converted in \(folder): \(String(cString: strerror(errno))); set TMPDIR to a folder with room for them")
  }
}
