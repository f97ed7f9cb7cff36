import Glibc

/// The names in a folder, which reach the disk apart from the files that they name.
package enum FolderEntries {
  /// Makes what was created, renamed or removed in the folder `path` survive a power cut.
  ///
  /// - Throws: ``FileFailure``. Some file systems refuse to flush a folder.
  package static func flush(_ path: String) throws(FileFailure) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(.opened, path, .last) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileFailure(.flushed, path, .last) }
  }

  /// Flushes the folder that holds `file`.
  package static func flush(around file: String) throws(FileFailure) {
    let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    try flush(folder.isEmpty ? "/" : folder)
  }
}
