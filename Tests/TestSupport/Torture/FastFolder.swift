import Foundation

extension TemporaryDirectory {
  /// A folder in memory where the system has such a file system: a tester that writes thousands of files a second must not wait for a disk.
  public static func fast(_ label: String) -> TemporaryDirectory {
    var isDirectory: ObjCBool = false
    let memory = "/dev/shm"
    guard FileManager.default.fileExists(atPath: memory, isDirectory: &isDirectory), isDirectory.boolValue, access(memory, W_OK) == 0 else {
      return TemporaryDirectory(label)
    }
    return TemporaryDirectory(label, in: URL(fileURLWithPath: memory))
  }
}

/// One small file that is written again and again, in place.
public final class ScratchFile {
  public let url: URL
  private let folder: TemporaryDirectory
  private let descriptor: Int32

  public init(_ label: String, name: String = "case") {
    folder = .fast(label)
    url = folder.url.appendingPathComponent(name)
    descriptor = open(url.path, O_RDWR | O_CREAT, 0o600)
    precondition(descriptor >= 0, "\(url.path) cannot be written")
  }

  deinit { close(descriptor) }

  public func write(_ bytes: [UInt8]) {
    let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    precondition(written == bytes.count && ftruncate(descriptor, off_t(bytes.count)) == 0, "\(url.path) cannot be written")
  }
}
