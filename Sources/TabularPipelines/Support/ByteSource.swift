import Foundation

/// A file read front to back in large pieces, into a buffer that always ends in a newline that is not part of the file.
///
/// The reader asks for more with `refill(keeping:)`, which moves what it has not used yet to the front. The buffer grows only when one
/// record does not fit into it. Not thread-safe; closes the file when it goes.
final class ByteSource {
  /// Large against the cost of a system call, small against a core's share of cache.
  static let initialCapacity = 1 << 20

  let file: String
  private let descriptor: Int32
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  /// Whether the buffer holds the file's last byte.
  private(set) var isAtEnd = false
  let fileByteCount: Int

  init(_ url: URL, capacity: Int = ByteSource.initialCapacity) throws {
    file = url.path
    self.capacity = capacity
    descriptor = open(url.path, O_RDONLY)
    guard descriptor >= 0 else {
      throw CSVError.unreadable(file: url.path, reason: String(cString: strerror(errno)))
    }
    var status = stat()
    fileByteCount = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    buffer = .allocate(capacity: capacity + 1)
    buffer[0] = UInt8(ascii: "\n")
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  /// The bytes at hand; one newline stands behind them.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: buffer, count: count) }

  /// Moves the bytes from `used` on to the front and reads behind them until the buffer is full or the file ends.
  func refill(dropping used: Int) throws {
    let kept = count - used
    if kept == capacity { grow() }
    memmove(buffer, buffer + used, kept)
    count = kept
    while count < capacity, !isAtEnd {
      let got = read(descriptor, buffer + count, capacity - count)
      if got < 0 {
        if errno == EINTR { continue }
        throw CSVError.unreadable(file: file, reason: String(cString: strerror(errno)))
      }
      count += got
      isAtEnd = got == 0
    }
    buffer[count] = UInt8(ascii: "\n")
  }

  private func grow() {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + 1)
    larger.update(from: buffer, count: count)
    buffer.deallocate()
    buffer = larger
    capacity *= 2
  }
}
