import Glibc

/// Room on the disk that a store keeps back, so that a model can be deleted when the disk is full: the catalogue's transaction needs some.
///
/// The file `space.reserve`, 512 KB of allocated blocks that are never read: twice what deleting a model of 200 intermediates was measured to write.
package enum SpaceReserve {
  package static let fileName = "space.reserve"
  package static let byteCount = 512 << 10

  /// Makes the reserve where there is none. Returns false where it could not be made, which takes nothing from the store but this safety.
  @discardableResult
  package static func make(in directory: String) -> Bool {
    let path = "\(directory)/\(fileName)"
    var status = stat()
    if stat(path, &status) == 0, status.st_size == byteCount { return true }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard posix_fallocate(descriptor, 0, off_t(byteCount)) == 0 else {
      unlink(path)
      return false
    }
    return true
  }

  /// Gives the room back to the file system. Returns whether there was any.
  package static func release(in directory: String) -> Bool { unlink("\(directory)/\(fileName)") == 0 }
}
