import Foundation

/// A file that a user named, as it is written.
///
/// - A regular file, or a name that is free: the bytes go to a file beside it, which takes its name in ``commit()``, so that nobody ever sees
///   half of it and the old content stays until then. Mode and owner of a file that is replaced are kept; a file that may not be written is
///   not replaced.
/// - A symbolic link stays; what it leads to is written, or made.
/// - Anything else (a device, a FIFO, a process substitution, `/dev/stdout`) is written into as the bytes come.
///
/// An `OutputFile` that is dropped before ``commit()`` removes what it wrote beside the file.
public struct OutputFile: ~Copyable {
  private let descriptor: Int32
  /// Where the bytes are until they are complete, and the name that they get then; nil where they go to their place at once.
  private let names: (temporary: String, final: String)?

  /// - Throws: ``SystemFailure``; nothing is changed then.
  public init(_ url: URL) throws(SystemFailure) {
    if let final = try OutputPlace(url.path).replaceableFile {
      let made = try Self.temporaryFile(for: final)
      (descriptor, names) = (made.descriptor, (made.path, final))
    } else {
      (descriptor, names) = (try OutputPlace.openInPlace(url.path), nil)
    }
  }

  /// A new file beside `final`, with the mode and, where this user may give files away, the owner of the one that is there.
  private static func temporaryFile(for final: String) throws(SystemFailure) -> (descriptor: Int32, path: String) {
    var old = stat()
    let exists = stat(final, &old) == 0
    if exists, access(final, W_OK) != 0 { throw .last }
    let file = URL(fileURLWithPath: final)
    // A name may have 255 bytes.
    let name = ".\(String(decoding: file.lastPathComponent.utf8.prefix(100), as: UTF8.self)).\(UUID().uuidString)"
    let path = file.deletingLastPathComponent().appendingPathComponent(name).path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .last }
    guard exists else { return (descriptor, path) }
    // The owner goes first: a change of it takes bits off the mode.
    _ = fchown(descriptor, old.st_uid, old.st_gid)
    guard fchmod(descriptor, old.st_mode & 0o7777) == 0 else {
      let failure = SystemFailure.last
      close(descriptor)
      unlink(path)
      throw failure
    }
    return (descriptor, path)
  }

  deinit {
    close(descriptor)
    if let names { unlink(names.temporary) }
  }

  /// - Throws: ``SystemFailure``, such as that of a full disk.
  public borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) { try descriptor.writeAll(bytes) }

  /// Brings the bytes to the disk and gives the file its name.
  ///
  /// - Throws: ``SystemFailure``; a file that was there is then as it was.
  public consuming func commit() throws(SystemFailure) {
    if let names {
      guard fsync(descriptor) == 0, rename(names.temporary, names.final) == 0 else { throw .last }
    }
    // deinit closes it, and finds no file of the temporary name.
  }
}
