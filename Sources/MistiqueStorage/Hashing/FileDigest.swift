import CXXHash
import Glibc
import Groundwork
import Synchronization

/// A digest of a file's content, computed once as long as the file does not change.
///
/// XXH3-128, which `xxh128sum` prints too. Fast (the file is read at the disk's speed) and not cryptographic: it tells files apart, it does not keep
/// anybody from forging one. A digest is kept for the process by path, inode, size and both times of change, unless the file changed within the last
/// two seconds, when a second change might leave the times as they are.
package struct FileDigest: Sendable, Equatable {
  package let byteCount: Int
  /// `xxh3-128:` and 32 hexadecimal digits.
  package let text: String

  /// - Throws: `StoreError` with code `inputOutput` when the file cannot be read.
  /// - Complexity: O(bytes) the first time, O(1) afterwards.
  package init(ofFile path: String) throws {
    // Without waiting: opening a FIFO would wait for its writer, and no signal would end that.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw DurableFile.failure("cannot be opened", path: path) }
    defer { close(descriptor) }
    let key = try FileKey(descriptor, path: path)
    if let known = Self.known.withLock({ $0[key] }) {
      self = known
      return
    }
    // Asked before the bytes are read: a change meanwhile might leave the times as they are.
    let isSettled = key.identity.isSettled
    (byteCount, text) = try Self.digest(descriptor, path: path)
    guard isSettled, try FileKey(descriptor, path: path) == key else { return }
    let digest = self
    Self.known.withLock { $0[key] = digest }
  }

  private static let known = Mutex<[FileKey: FileDigest]>([:])
  private static let pieceBytes = 1 << 20

  private static func digest(_ descriptor: Int32, path: String) throws -> (Int, String) {
    guard let state = XXH3_createState() else { preconditionFailure("there is no memory for a hash") }
    defer { XXH3_freeState(state) }
    XXH3_128bits_reset(state)
    var count = 0
    try withUnsafeTemporaryAllocation(byteCount: pieceBytes, alignment: 64) { piece in
      while true {
        let got = read(descriptor, piece.baseAddress!, piece.count)
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw DurableFile.failure("cannot be read", path: path) }
        guard got > 0 else { return }
        XXH3_128bits_update(state, piece.baseAddress!, got)
        count += got
      }
    }
    let hash = XXH3_128bits_digest(state)
    return (count, "xxh3-128:" + Fingerprint(low: hash.low64, high: hash.high64).hex)
  }
}

/// A regular file by its path and what changes when it does.
private struct FileKey: Hashable, Sendable {
  let path: String
  let identity: FileIdentity

  init(_ descriptor: Int32, path: String) throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw DurableFile.failure("cannot be examined", path: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.inputOutput, "it is not a regular file", at: path, remedy: "Copy its contents to one.")
    }
    self.path = path
    identity = FileIdentity(status)
  }
}
