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

  deinit {
    _ = Self.run(["umount", "-l", url.path])
    try? FileManager.default.removeItem(at: url)
  }

  public static let isPossible: Bool = (try? SmallDisk(megabytes: 1)) != nil

  private static func run(_ arguments: [String]) -> Bool { (try? Command.run(arguments).status) == 0 }
}
