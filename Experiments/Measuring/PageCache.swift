import ExperimentKit
import Foundation

/// The operating system's copies of a store's files, for measuring reads that find none.
enum PageCache {
  /// Asks the kernel to forget every file below `folder`. The files must be clean, as they are once a store has committed them.
  ///
  /// Throws: `NeverCold` on a file system that is in memory, whose files are never read from a disk; at scale smoke, which measures nothing, it may be one.
  static func evict(_ folder: URL, at scale: Scale) throws {
    guard scale == .smoke || !isInMemory(folder) else { throw NeverCold(folder: folder.path) }
    guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey]) else { return }
    for case let file as URL in files where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
      let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }  // gone since it was listed, as SQLite's shared memory may be
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
      close(descriptor)
    }
  }

  /// Whether it is on tmpfs or ramfs, as far as the kernel's list of mounts tells.
  static func isInMemory(_ folder: URL, mounts: String? = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) -> Bool {
    let path = folder.resolvingSymlinksInPath().standardizedFileURL.path + "/"
    let points = (mounts ?? "").split(separator: "\n").compactMap { line -> (path: String, kind: Substring)? in
      let fields = line.split(separator: " ")
      guard fields.count > 2 else { return nil }
      let point = fields[1].replacing("\\040", with: " ")
      return (point.hasSuffix("/") ? String(point) : point + "/", fields[2])
    }
    // Of two on one place the later hides the earlier.
    let mount = points.filter { path.hasPrefix($0.path) }.reversed().max { $0.path.utf8.count < $1.path.utf8.count }
    return mount.map { $0.kind == "tmpfs" || $0.kind == "ramfs" } ?? false
  }
}

/// Cold reads cannot be measured where files are in memory.
struct NeverCold: Error, CustomStringConvertible {
  let folder: String

  var description: String {
    "\(folder) is on a file system in memory, where no read is cold. Give --results a folder on a disk."
  }
}
