import Foundation

/// A file that is written under a temporary name and takes its own when it is complete: nobody ever sees half of it, whenever the process
/// is killed or the power fails.
///
///     let file = try UnfinishedFile(of: path)
///     try file.write(bytes)
///     try file.putInPlace()
///
/// A file that is dropped before it is complete is removed. A kill leaves it behind under its temporary name.
package struct UnfinishedFile: ~Copyable {
  private let temporary: String
  /// The file's own name.
  let final: String
  private var descriptor: Int32
  private var isInPlace = false

  /// Opens what is to be the file `final`, under the name `temporary`: one that only this process uses, so that a file of that name is one
  /// that a stopped process left, and is overwritten.
  ///
  /// - Parameter mode: the permissions, less what the user's mask takes.
  /// - Throws: ``FileFailure``.
  package init(of final: String, temporary: String, mode: mode_t = 0o644) throws(FileFailure) {
    try self.init(of: final, temporary: temporary, flags: O_TRUNC, mode: mode)
  }

  /// Opens what is to be the file `final`, under a new name beside it, so that several processes may write it at once: the last keeps it.
  package init(of final: String, mode: mode_t = 0o644) throws(FileFailure) {
    let file = URL(fileURLWithPath: final)
    // A name may have 255 bytes.
    let name = ".\(String(decoding: file.lastPathComponent.utf8.prefix(100), as: UTF8.self)).\(UUID().uuidString).partial"
    let temporary = file.deletingLastPathComponent().appendingPathComponent(name).path
    try self.init(of: final, temporary: temporary, flags: O_EXCL, mode: mode)
  }

  private init(of final: String, temporary: String, flags: Int32, mode: mode_t) throws(FileFailure) {
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode)
    guard descriptor >= 0 else { throw FileFailure(.created, temporary, .last) }
    self.temporary = temporary
    self.final = final
    self.descriptor = descriptor
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isInPlace { unlink(temporary) }
  }

  /// Gives the file the owner, where this user may give files away, and the mode of another one.
  package borrowing func adopt(_ status: stat) throws(FileFailure) {
    // The owner goes first: a change of it takes bits off the mode.
    _ = fchown(descriptor, status.st_uid, status.st_gid)
    guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else { throw FileFailure(.created, temporary, .last) }
  }

  /// - Throws: ``FileFailure``, such as that of a full disk.
  package borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(FileFailure) {
    do throws(SystemFailure) { try descriptor.writeAll(bytes) } catch { throw FileFailure(.written, temporary, error) }
  }

  /// Brings the file to the disk, renames it to its own name, replacing what is there, and brings the name to the disk.
  ///
  /// - Throws: ``FileFailure``. Unless only the last step failed, what was there is as it was.
  package consuming func putInPlace() throws(FileFailure) {
    let final = final
    try rename()
    try FolderEntries.flush(around: final)
  }

  /// As ``putInPlace()``, but without the last step: after a power cut, what was there may be there again.
  package consuming func rename() throws(FileFailure) {
    guard fsync(descriptor) == 0 else { throw FileFailure(.flushed, temporary, .last) }
    // Some file systems report a full disk only here.
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw FileFailure(.closed, temporary, .last) }
    guard Foundation.rename(temporary, final) == 0 else { throw FileFailure(.renamed, temporary, .last) }
    isInPlace = true
  }
}

extension UnfinishedFile {
  /// Writes a whole file: all of `bytes` are at `path` on the disk when this returns, or what was there is as it was.
  package static func write(_ bytes: some ContiguousBytes, to path: String) throws {
    let file = try UnfinishedFile(of: path)
    try bytes.withUnsafeBytes { bytes in try file.write(bytes) }
    try file.putInPlace()
  }
}
