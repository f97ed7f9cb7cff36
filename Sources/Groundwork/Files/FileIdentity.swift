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

  /// Whether its last change is so long ago that another one would show.
  package var isSettled: Bool { changedAt + 2 < Int64(time(nil)) }
}
