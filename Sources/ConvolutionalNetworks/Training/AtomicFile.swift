import Foundation

/// Files that are there as a whole or not at all, whenever a process is killed or the power fails.
enum AtomicFile {
  /// Writes a new file under a name of its own, brings it to the disk and renames it to `file`; what was there is replaced. Of two
  /// processes that write one file, the last keeps it. A kill can leave a `.partial` file behind, never half of `file`.
  /// - Throws: `POSIXError` with the system's reason, such as a full disk.
  static func write(_ data: Data, to file: URL) throws {
    let directory = file.deletingLastPathComponent()
    let unfinished = directory.appendingPathComponent(".\(file.lastPathComponent).\(UUID().uuidString).partial")
    do {
      try create(unfinished, data)
      guard rename(unfinished.path, file.path) == 0 else { throw systemError() }
      try synchronize(directory)
    } catch {
      unlink(unfinished.path)
      throw error
    }
  }

  /// Brings a directory's names to the disk.
  static func synchronize(_ directory: URL) throws {
    let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw systemError() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemError() }
  }

  /// A new file with these bytes, on the disk when this returns.
  static func create(_ file: URL, _ data: Data) throws {
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemError() }
    defer { close(descriptor) }
    try data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let written = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw systemError() }
        done += written
      }
    }
    guard fsync(descriptor) == 0 else { throw systemError() }
  }

  private static func systemError() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
