import Foundation

/// The operating system's copies of a store's files, for measuring reads that find none.
enum PageCache {
  /// Asks the kernel to forget every file below `folder`. The files must be clean, as they are once a store has committed them.
  static func evict(_ folder: URL) throws {
    guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey]) else { return }
    for case let file as URL in files where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
      let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }  // gone since it was listed, as SQLite's shared memory may be
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
      close(descriptor)
    }
  }
}
