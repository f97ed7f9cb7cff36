import CZlib
import Foundation

/// Decompresses a gzip file (RFC 1952) of one member, or of several in a row, as appending to a file makes them.
///
/// Checksums and lengths are verified. Memory: two buffers. A file that is cut short, damaged or followed by other bytes is an error.
struct Gunzip {
  private static let bufferByteCount = 1 << 20

  private let descriptor: Int32
  private let file: String

  init(_ descriptor: Int32, file: String) {
    self.descriptor = descriptor
    self.file = file
  }

  /// Appends the contents to `output`. Stops after `limit` bytes, and then returns `true`. Throws `CSVError`.
  func run(into output: TemporaryFile, atMost limit: Int) throws -> Bool {
    var stream = z_stream()
    // 15 bits of window, and 16 more for the header of gzip.
    guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw CSVError.unreadable(file: file, reason: "zlib could not start")
    }
    defer { inflateEnd(&stream) }
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.bufferByteCount)
    let result = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.bufferByteCount)
    defer {
      input.deallocate()
      result.deallocate()
    }
    var offset = 0
    var isInside = true
    while true {
      let count = try InputDescriptor.read(descriptor, at: offset, into: input, file: file)
      if count == 0 {
        if isInside { throw damaged("are cut short after \(offset) bytes", "copy or download the file again") }
        return false
      }
      offset += count
      (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(count))
      while true {
        if !isInside {
          // Another member, or zeros that a tape or a block device filled up with.
          guard let next = UnsafeBufferPointer(start: stream.next_in, count: Int(stream.avail_in)).firstIndex(where: { $0 != 0 }) else {
            break
          }
          guard next == 0, inflateReset(&stream) == Z_OK else { throw trailing() }
          isInside = true
        }
        (stream.next_out, stream.avail_out) = (result.baseAddress, UInt32(result.count))
        let isFirstByte = stream.total_in == 0 && output.byteCount > 0
        let status = inflate(&stream, Z_NO_FLUSH)
        try output.append(UnsafeBufferPointer(rebasing: result[..<(result.count - Int(stream.avail_out))]))
        if output.byteCount >= limit { return true }
        if status == Z_STREAM_END {
          isInside = false
          if stream.avail_in == 0 { break }
          continue
        }
        if status == Z_BUF_ERROR, stream.avail_in == 0 { break }
        guard status == Z_OK else {
          if isFirstByte, stream.total_in < 3 { throw trailing() }
          throw damaged(
            "are damaged (\(stream.msg.map { String(cString: $0) } ?? "zlib status \(status)"))", "copy or download the file again")
        }
        if stream.avail_in == 0, stream.avail_out > 0 { break }
      }
    }
  }

  private func trailing() -> CSVError { damaged("are followed by other bytes", "copy or download the file again, or decompress it") }

  private func damaged(_ what: String, _ advice: String) -> CSVError { .damaged(file: file, reason: "the gzip data \(what); \(advice)") }
}
