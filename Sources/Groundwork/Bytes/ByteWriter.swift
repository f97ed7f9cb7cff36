/// Appends little-endian values to a byte array: what a ``ByteReader`` reads. Public as that is.
public struct ByteWriter {
  @usableFromInline var written: [UInt8] = []

  /// What was written.
  @inlinable public var bytes: [UInt8] { written }

  @inlinable
  public init() {}

  /// A writer with room for `capacity` bytes.
  @inlinable
  public init(capacity: Int) { written.reserveCapacity(capacity) }

  @inlinable
  public mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { written.append(contentsOf: $0) }
  }

  @inlinable
  public mutating func write(_ value: Double) { write(value.bitPattern) }

  /// A LEB128 number: seven bits per byte, small numbers take one byte.
  @inlinable
  public mutating func writeVariable(_ value: Int) {
    precondition(value >= 0, "only counts and offsets are written as variable-length numbers")
    var rest = UInt64(value)
    while rest >= 0x80 {
      written.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    written.append(UInt8(rest))
  }

  /// A LEB128 number of a signed one, zigzag: 0, -1, 1, -2, ... are 0, 1, 2, 3, ...
  @inlinable
  public mutating func writeSigned(_ value: Int) { writeVariable(value >= 0 ? value * 2 : -value * 2 - 1) }

  @inlinable
  public mutating func write(bytes more: some Sequence<UInt8>) { written.append(contentsOf: more) }

  /// A length, LEB128, and then the UTF-8 of `text`.
  @inlinable
  public mutating func write(text: String) {
    let utf8 = Array(text.utf8)
    writeVariable(utf8.count)
    written.append(contentsOf: utf8)
  }
}
