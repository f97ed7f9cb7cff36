import Foundation

/// What changes when a file does, without reading it: device, inode, size and both times of change.
package struct FileIdentity: Hashable, Sendable {
  private let numbers: [Int64]
  private let changedAt: Int64

  package init(_ status: stat) {
    numbers = [
      Int64(bitPattern: UInt64(status.st_dev)), Int64(bitPattern: UInt64(status.st_ino)), Int64(status.st_size),
      Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_ctim.tv_sec), Int64(status.st_ctim.tv_nsec),
    ]
    changedAt = max(Int64(status.st_mtim.tv_sec), Int64(status.st_ctim.tv_sec))
  }

  /// Of the file at `path`; `nil` when there is none.
  package init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Of the symbolic links that lead to `path`, which is absolute, in the order in which they are followed.
  package static func links(to path: String) -> [FileIdentity] {
    var found: [FileIdentity] = []
    var (place, left) = ("", Array(path.split(separator: "/").map(String.init).reversed()))
    // As many as the kernel follows.
    while let part = left.popLast(), found.count < 40 {
      if part == "." { continue }
      if part == ".." {
        place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
        continue
      }
      let next = "\(place)/\(part)"
      var status = stat()
      guard lstat(next, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next)
      else {
        place = next
        continue
      }
      found.append(FileIdentity(status))
      if target.hasPrefix("/") { place = "" }
      left += target.split(separator: "/").map(String.init).reversed()
    }
    return found
  }

  /// Whether its last change is so long ago that another one would show.
  package var isSettled: Bool { changedAt + 2 < Int64(time(nil)) }
}
