import Foundation

/// What a path that is to be written leads to.
struct OutputPlace {
  /// The regular file, or the free name, at the end of all links; nil where bytes are written into what is there.
  let replaceableFile: String?

  init(_ path: String) throws(SystemFailure) {
    var status = stat()
    let exists = stat(path, &status) == 0
    guard exists || errno == ENOENT else { throw .last }
    if exists, status.st_mode & S_IFMT == S_IFDIR { throw SystemFailure(code: EISDIR) }
    replaceableFile = exists && status.st_mode & S_IFMT != S_IFREG ? nil : try Self.end(ofLinks: path)
  }

  /// Follows links by their text; nil when one is a descriptor of this process, which leads to its file by no name.
  private static func end(ofLinks path: String) throws(SystemFailure) -> String? {
    var path = path
    var processes = stat()
    let knowsProcesses = lstat("/proc/self", &processes) == 0
    // As many as Linux follows.
    for _ in 0..<40 {
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
      if knowsProcesses, status.st_dev == processes.st_dev { return nil }
      var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = bytes.withUnsafeMutableBytes { readlink(path, $0.baseAddress!, $0.count) }
      guard count > 0 else { throw .last }
      let target = String(decoding: bytes[..<count], as: UTF8.self)
      path = target.hasPrefix("/") ? target : URL(fileURLWithPath: path).deletingLastPathComponent().path + "/" + target
    }
    throw SystemFailure(code: ELOOP)
  }
}

/// A descriptor for what is no regular file, closed when it is dropped.
struct OpenPlace: ~Copyable {
  let descriptor: Int32

  /// An open descriptor of this process is used itself, with its place in the file: what was written to it before stays.
  init(_ path: String) throws(SystemFailure) {
    let descriptor = Self.openDescriptor(path).map { fcntl($0, F_DUPFD_CLOEXEC, 3) } ?? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw .last }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The number of the descriptor that `/dev/stdout`, `/dev/fd/63` or `/proc/self/fd/63` names.
  private static func openDescriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) { return Int32(path.dropFirst(folder.count)) }
      return nil
    }
  }
}
