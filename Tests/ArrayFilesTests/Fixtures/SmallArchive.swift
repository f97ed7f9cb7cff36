import CZlib

/// A ZIP archive as `numpy.savez` and `numpy.savez_compressed` write it, made here so that thousands can be.
struct SmallArchive {
  private(set) var bytes: [UInt8] = []

  /// - Parameter members: names, contents, and whether they are deflated.
  init(_ members: [(name: String, content: [UInt8], isDeflated: Bool)]) {
    var directory: [UInt8] = []
    for member in members {
      let name = Array(member.name.utf8)
      let data = member.isDeflated ? Self.deflated(member.content) : member.content
      let checksum = UInt32(truncatingIfNeeded: crc32(crc32(0, nil, 0), member.content, UInt32(member.content.count)))
      let common: [(UInt64, Int)] = [
        (0, 2), (member.isDeflated ? 8 : 0, 2), (0, 4), (UInt64(checksum), 4), (UInt64(data.count), 4), (UInt64(member.content.count), 4),
        (UInt64(name.count), 2), (0, 2),
      ]
      let place = UInt64(bytes.count)
      bytes += Self.little([(0x0403_4B50, 4), (20, 2)] + common) + name + data
      directory += Self.little([(0x0201_4B50, 4), (20, 2), (20, 2)] + common + [(0, 2), (0, 2), (0, 2), (0, 4), (place, 4)]) + name
    }
    let count = UInt64(members.count)
    let end: [(UInt64, Int)] = [
      (0x0605_4B50, 4), (0, 2), (0, 2), (count, 2), (count, 2), (UInt64(directory.count), 4), (UInt64(bytes.count), 4), (0, 2),
    ]
    bytes += directory + Self.little(end)
  }

  private static func little(_ numbers: [(UInt64, Int)]) -> [UInt8] {
    numbers.flatMap { number, size in (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) } }
  }

  private static func deflated(_ content: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let started = deflateInit2_(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(started == Z_OK, "zlib could not start")
    defer { deflateEnd(&stream) }
    var (input, output) = (content, [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(content.count)))))
    let made = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
        (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
        precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "an archive could not be compressed")
        return output.count - Int(stream.avail_out)
      }
    }
    return Array(output[..<made])
  }
}
