import Foundation

/// A file operation that failed: what was tried, where, why, and what to do.
package struct FileError: Error, Equatable, CustomStringConvertible {
  /// What was tried: `write`, `rename`, `read` ...
  package let action: String
  package let path: String
  /// The system's error number.
  package let code: Int32

  package var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }
  /// Whether nothing else could be written there either.
  var isOfDisk: Bool { isDiskFull || code == EROFS }

  package var description: String {
    "Cannot \(action) \(path): \(String(cString: strerror(code))) (errno \(code)). \(remedy)"
  }

  private var remedy: String {
    switch code {
    case ENOSPC: "The disk is full. Free space there or choose another results folder, then start again: finished units are kept."
    case EDQUOT: "The disk quota is used up. Free space there or choose another results folder, then start again: finished units are kept."
    case EACCES, EPERM, EROFS: "Give this user write access, or choose another results folder."
    case ENOSYS, ENOLCK, EOPNOTSUPP:
      "This file system has no locks. Mount it with them (Lustre: -o flock), or choose a results folder on another one."
    case ENOENT: "Check that the path exists; for results, run the experiment first."
    default: "Check the path and the disk, then start again."
    }
  }

  /// The error of the system call that just failed. Call it before anything else can change `errno`.
  static func last(_ action: String, _ url: URL) -> FileError {
    FileError(action: action, path: url.path, code: errno)
  }
}
