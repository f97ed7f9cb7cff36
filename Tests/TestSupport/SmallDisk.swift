import Foundation

/// A file system of a few megabytes, for tests that must meet a full disk. Needs the right to mount.
public final class SmallDisk {
  public let url: URL

  public convenience init(megabytes: Int) throws { try self.init(kilobytes: megabytes * 1024) }

  /// - Parameter kilobytes: a multiple of 4.
  public init(kilobytes: Int) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("small-disk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    guard Self.run(["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", url.path]) else {
      throw CocoaError(.fileWriteNoPermission)
    }
  }

  /// Every file on it, with its size.
  public func files() -> [String: Int] {
    var result: [String: Int] = [:]
    for case let file as URL in FileManager.default.enumerator(at: url, includingPropertiesForKeys: [.fileSizeKey])! {
      result[file.path] = (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    }
    return result
  }

  /// Fills it to the last block with a file of its own, which is returned.
  @discardableResult
  public func fill() throws -> URL {
    let filler = url.appendingPathComponent("filler")
    try Data().write(to: filler)
    let handle = try FileHandle(forWritingTo: filler)
    while (try? handle.write(contentsOf: Data(repeating: 1, count: 4096))) != nil {}
    try? handle.close()
    return filler
  }

  /// Lets nobody write to it, as a file system that is mounted for reading only, or lets everybody again.
  public func makeReadOnly(_ isReadOnly: Bool) throws {
    // Mounted once more over itself: a file that is open for writing would keep a file system from becoming read-only.
    let arguments =
      isReadOnly
      ? [["mount", "--bind", url.path, url.path], ["mount", "-o", "remount,bind,ro", url.path]] : [["umount", "-l", url.path]]
    for line in arguments where !Self.run(line) { throw CocoaError(.fileWriteNoPermission) }
  }

  deinit {
    _ = Self.run(["umount", "-l", url.path])
    try? FileManager.default.removeItem(at: url)
  }

  public static let isPossible: Bool = (try? SmallDisk(megabytes: 1)) != nil

  private static func run(_ arguments: [String]) -> Bool { (try? Command.run(arguments).status) == 0 }
}
