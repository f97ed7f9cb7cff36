import Glibc
import Groundwork

/// Files that are either wholly there or not at all, with errors that tell what became of the store.
package enum DurableFile {
  /// Files of this ending are leftovers of a writer that was stopped.
  package static let temporarySuffix = ".tmp"

  /// Writes `pieces` one after the other to `path`: temporary file beside it, fsync, rename, fsync of the directory.
  ///
  /// On any error the temporary file is removed and `path` is as it was before.
  /// - Throws: `StoreError` with code `diskFull` or `inputOutput`.
  package static func write(_ pieces: [BufferSlice], to path: String) throws {
    try reported {
      let file = try UnfinishedFile(of: path, temporary: path + temporarySuffix)
      for piece in pieces { try piece.withBytes { bytes in try file.write(bytes) } }
      try file.putInPlace()
    }
  }

  /// Writes every byte of `piece`, going on after short writes and interruptions.
  package static func writeAll(_ piece: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
    do { try descriptor.writeAll(piece) } catch { throw failure("cannot be written", path: path, error) }
  }

  /// Renames a complete file to `path`, replacing what is there; the name survives a power cut.
  package static func move(_ complete: String, to path: String) throws {
    guard rename(complete, path) == 0 else { throw failure("cannot be put in place", path: path) }
    try syncDirectory(of: path)
  }

  /// Renames a complete file to `path`; to another file system it is copied, and goes once the copy is on the disk.
  package static func relocate(_ complete: String, to path: String) throws {
    if rename(complete, path) == 0 { return try syncDirectory(of: path) }
    guard errno == EXDEV else { throw failure("cannot be moved from \(complete)", path: path) }
    let source = open(complete, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw failure("cannot be opened", path: complete) }
    defer { close(source) }
    let piece = ByteBuffer(count: 1 << 20)
    try reported {
      let file = try UnfinishedFile(of: path, temporary: path + temporarySuffix)
      while true {
        let count = piece.withMutableBytes { read(source, $0.baseAddress!, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw failure("cannot be read", path: complete) }
        if count == 0 { break }
        try piece.withBytes { bytes in try file.write(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
      }
      try file.putInPlace()
    }
    guard unlink(complete) == 0 else { throw failure("cannot be removed", path: complete) }
  }

  /// Makes a rename in the directory of `path` survive a power cut.
  package static func syncDirectory(of path: String) throws {
    try reported { try FolderEntries.flush(around: path) }
  }

  private static func reported(_ body: () throws -> Void) throws {
    do { try body() } catch let error as FileFailure { throw failure("cannot be \(error.step.rawValue)", path: error.path, error.reason) }
  }

  /// Creates `path` and the directories above it that are missing; those that were made survive a power cut.
  package static func createDirectory(_ path: String) throws {
    if mkdir(path, 0o755) == 0 { return try syncDirectory(of: path) }
    if errno == EEXIST { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try createDirectory(String(path[..<slash]))
      if mkdir(path, 0o755) == 0 { return try syncDirectory(of: path) }
      if errno == EEXIST { return }
    }
    throw failure("cannot be created", path: path)
  }

  /// The error of the system call that just failed, or of the one that ended in `reason`.
  package static func failure(_ what: String, path: String, _ reason: SystemFailure = .last) -> StoreError {
    let number = reason.code
    if number == ENOSPC || number == EDQUOT {
      return StoreError(
        .diskFull, "\(what): \(reason)", at: path,
        remedy: "Free space on that disk or put the store on another; everything committed before is intact.")
    }
    let remedy =
      number == EACCES || number == EROFS
      ? "Give this user the right to write there, or use another folder."
      : number == EMFILE ? "Raise the limit of open files (ulimit -n)." : "Check the path and the disk."
    return StoreError(.inputOutput, "\(what): \(reason)", at: path, remedy: remedy)
  }
}
