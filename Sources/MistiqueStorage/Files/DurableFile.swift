import Glibc

/// Files that are either wholly there or not at all.
package enum DurableFile {
  /// Files of this ending are leftovers of a writer that was stopped.
  package static let temporarySuffix = ".tmp"

  /// Writes `pieces` one after the other to `path`: temporary file beside it, fsync, rename, fsync of the directory.
  ///
  /// On any error the temporary file is removed and `path` is as it was before.
  /// - Throws: `StoreError` with code `diskFull` or `inputOutput`.
  package static func write(_ pieces: [BufferSlice], to path: String) throws {
    let temporary = path + temporarySuffix
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot be created", path: temporary) }
    do {
      for piece in pieces { try piece.withBytes { try writeAll($0, to: descriptor, path: temporary) } }
      guard fsync(descriptor) == 0 else { throw failure("cannot be flushed to disk", path: temporary) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    // Some file systems report a full disk only here.
    guard close(descriptor) == 0 else {
      let error = failure("cannot be closed", path: temporary)
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let error = failure("cannot be renamed into place", path: temporary)
      unlink(temporary)
      throw error
    }
    try syncDirectory(of: path)
  }

  /// Writes every byte of `piece`, going on after short writes and interruptions.
  package static func writeAll(_ piece: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
    var rest = piece
    while let base = rest.baseAddress, !rest.isEmpty {
      let written = Glibc.write(descriptor, base, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw failure("cannot be written", path: path)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Makes a rename in the directory of `path` survive a power cut.
  package static func syncDirectory(of path: String) throws {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be opened", path: directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("cannot be flushed to disk", path: directory) }
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

  /// The error for the current `errno`.
  package static func failure(_ what: String, path: String) -> StoreError {
    let number = errno
    let reason = String(cString: strerror(number))
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
