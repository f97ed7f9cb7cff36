/// Reads little-endian values from bytes that nobody vouches for: every read is checked against the end.
package struct ByteReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  /// Named in errors.
  private let place: String

  package init(_ bytes: some Collection<UInt8>, place: String) {
    self.bytes = ArraySlice(bytes)
    position = self.bytes.startIndex
    self.place = place
  }

  package var remaining: Int { bytes.endIndex - position }

  package mutating func read<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws -> Value {
    let size = MemoryLayout<Value>.size
    let raw = try readBytes(size)
    var value: Value = 0
    for (index, byte) in raw.enumerated() { value |= Value(truncatingIfNeeded: byte) << Value(8 * index) }
    return value
  }

  package mutating func readDouble() throws -> Double { Double(bitPattern: try read(UInt64.self)) }

  /// A LEB128 number that must be at most `limit`.
  package mutating func readVariable(limit: Int = Int(Int32.max)) throws -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard position < bytes.endIndex else { throw malformed("a number is missing") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 {
        guard value <= UInt64(limit) else { throw malformed("a number is \(value), at most \(limit) was expected") }
        return Int(value)
      }
    }
    throw malformed("a variable-length number does not end")
  }

  /// `count` numbers as `writeVariable` wrote them.
  package mutating func readVariables(_ count: Int, limit: Int = Int(Int32.max)) throws -> [Int] {
    var values: [Int] = []
    values.reserveCapacity(min(count, remaining))
    for _ in 0..<count { values.append(try readVariable(limit: limit)) }
    return values
  }

  /// A number as `writeSigned` wrote it, within 32 bits.
  package mutating func readSigned() throws -> Int {
    let value = try readVariable(limit: Int(UInt32.max))
    return value % 2 == 0 ? value / 2 : -(value + 1) / 2
  }

  package mutating func readBytes(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw malformed("\(count) bytes were expected, \(remaining) are left") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  package mutating func readText() throws -> String {
    let utf8 = try readBytes(try readVariable(limit: remaining))
    guard let text = String(validating: utf8, as: UTF8.self) else { throw malformed("a name is not UTF-8") }
    return text
  }

  package func expectEnd() throws {
    guard remaining == 0 else { throw malformed("\(remaining) bytes are left over") }
  }

  package func malformed(_ what: String) -> StoreError { .corrupt(what, at: place) }
}
