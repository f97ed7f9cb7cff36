import Mistique

/// Tables of keys as part of a fitted state:
///
///     type u8 | count u32 | keys in strictly ascending order
///
/// A key is its integer as i64, or a text as its length u32 and its bytes.
extension KeyTable {
  /// Writes the keys, which must be numbered in ascending order (`keeping(ascendingNumbers)`), so that equal tables are equal bytes.
  func write(to writer: inout ByteWriter) {
    writer.write(type.rawValue)
    writer.write(UInt32(count))
    for number in 0..<count {
      if type == .text { writer.write(counted: texts.bytes(at: number)) } else { writer.write(integers[number]) }
    }
  }

  /// Throws `FittedStateError.malformed` for an unknown type, a key that the type does not have, and keys that do not ascend.
  init(from reader: inout ByteReader) throws {
    guard let type = ColumnType(rawValue: try reader.read(UInt8.self)) else { throw FittedStateError.malformed("unknown column type") }
    self.init(type: type)
    let count = try reader.read(UInt32.self)
    var previous: ArraySlice<UInt8>?
    for _ in 0..<count {
      if type == .text {
        let text = try reader.counted()
        guard previous == nil || previous!.lexicographicallyPrecedes(text) else { throw FittedStateError.malformed("keys do not ascend") }
        previous = text
        _ = text.withUnsafeBufferPointer { insert($0) }
      } else {
        let key = Int64(bitPattern: try reader.read(UInt64.self))
        guard integers.last == nil || integers.last! < key else { throw FittedStateError.malformed("keys do not ascend") }
        guard Self.isKey(key, of: type) else { throw FittedStateError.malformed("\(key) is not a key of type \(type)") }
        _ = insert(key)
      }
    }
  }

  private static func isKey(_ key: Int64, of type: ColumnType) -> Bool {
    switch type {
    case .int64, .timestamp: true
    case .boolean: key == 0 || key == 1
    case .date: Int32(exactly: key) != nil
    case .float64: OrderedBits.integer(OrderedBits.double(key)) == key && !OrderedBits.double(key).isNaN
    case .float32:
      OrderedBits.integer(OrderedBits.double(key)) == key && Double(Float(OrderedBits.double(key))) == OrderedBits.double(key)
    case .text: false
    }
  }
}
