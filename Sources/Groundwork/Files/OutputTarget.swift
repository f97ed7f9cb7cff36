import Foundation

/// The file that the bytes written to a path end up in, by the folder that holds it and its name there. Paths of one target, by whichever links and folders
/// they lead to it, overwrite each other's file.
package struct OutputTarget: Equatable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let name: [UInt8]

  /// `nil` where nothing is replaced: for a device or a FIFO, and for a path that cannot be written to.
  package init?(_ path: String) {
    guard let final = try? OutputPlace(URL(fileURLWithPath: path).path).replaceableFile else { return nil }
    let file = URL(fileURLWithPath: final)
    var folder = stat()
    guard stat(file.deletingLastPathComponent().path, &folder) == 0 else { return nil }
    (device, inode, name) = (UInt64(folder.st_dev), UInt64(folder.st_ino), Array(file.lastPathComponent.utf8))
  }
}
