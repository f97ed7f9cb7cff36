/// Reads little-endian values from bytes that nobody vouches for: every read is checked against the end.
///
/// `Origin` says where the bytes are from and makes the errors, so that each file format throws its own.
///
/// This room is public, unlike the rest of this target, which is no product: the compiler specialises only public generic code in another
/// target. With package access a read took sixteen times as long.
public struct ByteReader<Origin: ByteOrigin> {
  /// Where the bytes are from; it may be changed between reads, to name another part in errors.
  public var origin: Origin
  @usableFromInline let bytes: ArraySlice<UInt8>
  @usableFromInline var position: Int

  @inlinable
  public init(_ bytes: ArraySlice<UInt8>, origin: Origin) {
    self.bytes = bytes
    self.origin = origin
    position = bytes.startIndex
  }

  /// How many bytes are left.
  @inlinable public var remaining: Int { bytes.endIndex - position }

  /// The bytes that are left.
  @inlinable public var rest: ArraySlice<UInt8> { bytes[position...] }

  /// The next `count` bytes.
  @inlinable
  public mutating func readBytes(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw origin.error(.tooShort(expected: count, left: remaining)) }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The next number.
  @inlinable
  public mutating func read<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws -> Value {
    try readBytes(MemoryLayout<Value>.size).withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(as: Value.self)) }
  }

  /// The next float64, by its bits.
  @inlinable
  public mutating func readDouble() throws -> Double { Double(bitPattern: try read(UInt64.self)) }

  /// A LEB128 number that must be at most `limit`.
  @inlinable
  public mutating func readVariable(limit: Int = Int(Int32.max)) throws -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard position < bytes.endIndex else { throw origin.error(.numberMissing) }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 {
        guard value <= UInt64(limit) else { throw origin.error(.numberTooLarge(value, limit: limit)) }
        return Int(value)
      }
    }
    throw origin.error(.numberWithoutEnd)
  }

  /// `count` numbers as `writeVariable` wrote them.
  @inlinable
  public mutating func readVariables(_ count: Int, limit: Int = Int(Int32.max)) throws -> [Int] {
    var values: [Int] = []
    values.reserveCapacity(min(count, remaining))
    for _ in 0..<count { values.append(try readVariable(limit: limit)) }
    return values
  }

  /// A number as `writeSigned` wrote it, within 32 bits.
  @inlinable
  public mutating func readSigned() throws -> Int {
    let value = try readVariable(limit: Int(UInt32.max))
    return value % 2 == 0 ? value / 2 : -(value + 1) / 2
  }

  /// A text as `write(text:)` wrote it.
  public mutating func readText() throws -> String { try text(try readBytes(try readVariable(limit: remaining))) }

  /// Bytes that this reader has read, as a text.
  public func text(_ bytes: ArraySlice<UInt8>) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw origin.error(.notUTF8) }
    return text
  }

  /// Nothing may be left.
  public func expectEnd() throws {
    guard remaining == 0 else { throw origin.error(.leftOver(remaining)) }
  }
}
