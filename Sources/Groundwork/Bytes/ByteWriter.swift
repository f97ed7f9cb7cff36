/// Appends little-endian values to a byte array: what a ``ByteReader`` reads.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// A writer with room for `capacity` bytes.
  package init(capacity: Int) { bytes.reserveCapacity(capacity) }

  package mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func write(_ value: Double) { write(value.bitPattern) }

  /// A LEB128 number: seven bits per byte, small numbers take one byte.
  package mutating func writeVariable(_ value: Int) {
    precondition(value >= 0, "only counts and offsets are written as variable-length numbers")
    var rest = UInt64(value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A LEB128 number of a signed one, zigzag: 0, -1, 1, -2, ... are 0, 1, 2, 3, ...
  package mutating func writeSigned(_ value: Int) { writeVariable(value >= 0 ? value * 2 : -value * 2 - 1) }

  package mutating func write(bytes more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// A length, LEB128, and then the UTF-8 of `text`.
  package mutating func write(text: String) {
    let utf8 = Array(text.utf8)
    writeVariable(utf8.count)
    bytes.append(contentsOf: utf8)
  }
}
