import Foundation

/// Reads numbers and runs of bytes one after the other and never past the end.
struct ByteReader {
  let origin: String
  private let data: Data
  private var position: Data.Index

  init(_ data: Data, origin: String) {
    self.data = data
    self.origin = origin
    position = data.startIndex
  }

  var remaining: Int { data.endIndex - position }

  /// The next `count` bytes; `part` says what they are, for the error.
  mutating func bytes(_ count: Int, of part: String) throws -> Data {
    guard count <= remaining else { throw CheckpointError.truncated(origin: origin, part: part, bytes: data.count) }
    defer { position += count }
    return data[position..<(position + count)]
  }

  /// The next little-endian number.
  mutating func number<Number: FixedWidthInteger>(of part: String) throws -> Number {
    let bytes = try bytes(MemoryLayout<Number>.size, of: part)
    return Number(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(as: Number.self) })
  }
}

extension Data {
  mutating func append<Number: FixedWidthInteger>(number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
