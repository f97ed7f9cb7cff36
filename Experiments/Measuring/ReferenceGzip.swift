import CZlib
import Foundation

/// gzip as a user would have it: level 6, one stream.
enum ReferenceGzip {
  static func compress(_ input: UnsafeRawBufferPointer) throws -> [UInt8] {
    var stream = z_stream()
    guard deflateInit2_(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw CocoaError(.fileWriteUnknown)
    }
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))))
    let size = try output.withUnsafeMutableBytes { target in
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(input.count)
      stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(target.count)
      guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw CocoaError(.fileWriteUnknown) }
      return Int(stream.total_out)
    }
    return Array(output[..<size])
  }

  /// Decompresses piece by piece into one small buffer, as fast as gunzip can; returns how many bytes there were.
  static func decompress(_ input: [UInt8]) throws -> Int {
    var stream = z_stream()
    guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { throw CocoaError(.fileReadUnknown) }
    defer { inflateEnd(&stream) }
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    return try input.withUnsafeBytes { source in
      stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(source.count)
      while true {
        let status = piece.withUnsafeMutableBytes { target in
          stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.avail_out = UInt32(target.count)
          return inflate(&stream, Z_NO_FLUSH)
        }
        if status == Z_STREAM_END { return Int(stream.total_out) }
        guard status == Z_OK else { throw CocoaError(.fileReadCorruptFile) }
      }
    }
  }
}
