import Foundation
import MistiqueStorage
import Synchronization

/// The bytes of a catalogue's file, read past SQLite.
///
/// When a process closes any descriptor of a file, the system takes all of its record locks on that file away, those of SQLite included. A handle of this
/// process that is open would go on without, and another process could remove the log under it. So the descriptor of each file that was read stays open as
/// long as the process runs; there is one for each catalogue that was read in this way.
enum CatalogBytes {
  private struct File: Hashable {
    let device: UInt64
    let number: UInt64

    init(_ status: stat) { (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino)) }
  }

  /// A number is given to no other file while its file is open here.
  private static let descriptors = Mutex<[File: Int32]>([:])

  /// - Throws: `StoreError` with code `inputOutput`.
  static func read(_ path: String) throws -> Data {
    try descriptors.withLock { try read(from: descriptor(of: path, in: &$0), path: path) }
  }

  private static func descriptor(of path: String, in known: inout [File: Int32]) throws -> Int32 {
    var status = stat()
    guard stat(path, &status) == 0 else { throw DurableFile.failure("cannot be examined", path: path) }
    if let kept = known[File(status)] { return kept }
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw DurableFile.failure("cannot be opened", path: path) }
    // Another file may have been put there just now. Whichever it is, it is not closed.
    guard fstat(opened, &status) == 0 else { throw DurableFile.failure("cannot be examined", path: path) }
    known[File(status)] = opened
    return opened
  }

  private static func read(from descriptor: Int32, path: String) throws -> Data {
    var data = Data()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let got = piece.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(data.count)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw DurableFile.failure("cannot be read", path: path) }
      guard got > 0 else { return data }
      data.append(contentsOf: piece[..<got])
    }
  }
}
