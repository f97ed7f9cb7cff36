import Mistique

/// A value for the gaps of a column, of the column's type. Numbers are finite: a gap filled with a NaN would still be a gap.
enum FillValue: Sendable, Equatable {
  case float32(Float)
  case float64(Double)
  case int64(Int64)
  /// For an int64 column, which becomes float64 with it: a mean or a median that is no whole number.
  case widening(Double)
  case boolean(Bool)
  /// Days since 1970-01-01.
  case date(Int32)
  /// Microseconds since 1970-01-01T00:00:00.
  case timestamp(Int64)
  /// The bytes of the text, which a column may hold although they are not UTF-8.
  case text([UInt8])

  /// The value of type `type` that `text` spells; `nil` when it spells none. Numbers and dates are written as in CSV files; `0` and `1` also stand for
  /// false and true.
  init?(_ text: String, type: ColumnType) {
    let bytes = Array(text.utf8)
    let value: FillValue? = bytes.withUnsafeBufferPointer { bytes in
      switch type {
      case .float64: return CSVFieldParsing.slowNumber(bytes).map { .float64($0) }
      case .float32: return CSVFieldParsing.slowSingle(bytes).map { .float32($0) }
      case .int64: return CSVFieldParsing.slowInteger(bytes).map { .int64($0) }
      case .boolean:
        if text == "0" || text == "1" { return .boolean(text == "1") }
        return CSVFieldParsing.boolean(bytes).map { .boolean($0) }
      case .date: return CSVFieldParsing.date(bytes).map { .date($0) }
      case .timestamp: return CSVFieldParsing.timestamp(bytes).map { .timestamp($0) }
      case .text: return .text(Array(bytes))
      }
    }
    guard let value, value.isUsable else { return nil }
    self = value
  }

  /// The value as the only row of a column.
  var column: Column {
    switch self {
    case .float32(let value): Column(.float32([value]))
    case .float64(let value), .widening(let value): Column(.float64([value]))
    case .int64(let value): Column(.int64([value]))
    case .boolean(let value): Column(.boolean([value]))
    case .date(let value): Column(.date([value]))
    case .timestamp(let value): Column(.timestamp([value]))
    case .text(let bytes): Column(.text(TextValues(offsets: [0, bytes.count], utf8: bytes)))
    }
  }

  /// The key numbered `number`.
  init(_ table: KeyTable, _ number: Int) {
    switch table.type {
    case .text: self = .text(Array(table.texts.bytes(at: number)))
    case .int64: self = .int64(table.integers[number])
    case .boolean: self = .boolean(table.integers[number] != 0)
    case .date: self = .date(Int32(table.integers[number]))
    case .timestamp: self = .timestamp(table.integers[number])
    case .float64: self = .float64(OrderedBits.double(table.integers[number]))
    case .float32: self = .float32(Float(OrderedBits.double(table.integers[number])))
    }
  }

  /// The type of the column that it fills.
  var type: ColumnType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int64, .widening: .int64
    case .boolean: .boolean
    case .date: .date
    case .timestamp: .timestamp
    case .text: .text
    }
  }

  private var isUsable: Bool {
    switch self {
    case .float32(let value): value.isFinite
    case .float64(let value), .widening(let value): value.isFinite
    case .int64, .boolean, .date, .timestamp, .text: true
    }
  }
}

/// In a fitted state: the type as u8, then the bits of the number, one byte for a boolean, or the length of the text as u32 and its bytes.
/// A value that widens its column has the type 255.
extension FillValue {
  private static let wideningMark: UInt8 = 255

  func write(to writer: inout ByteWriter) {
    if case .widening = self { writer.write(Self.wideningMark) } else { writer.write(type.rawValue) }
    switch self {
    case .float32(let value): writer.write(value.bitPattern)
    case .float64(let value), .widening(let value): writer.write(value.bitPattern)
    case .int64(let value): writer.write(value)
    case .boolean(let value): writer.write(UInt8(value ? 1 : 0))
    case .date(let value): writer.write(value)
    case .timestamp(let value): writer.write(value)
    case .text(let value): writer.write(counted: value)
    }
  }

  /// Throws `FittedStateError.malformed` for an unknown type and for a value that the type does not have or a gap cannot be filled with.
  init(from reader: inout ByteReader) throws {
    let mark = try reader.read(UInt8.self)
    if mark == Self.wideningMark {
      self = .widening(try reader.finite())
      return
    }
    guard let type = ColumnType(rawValue: mark) else { throw FittedStateError.malformed("unknown column type") }
    switch type {
    case .float32: self = .float32(Float(bitPattern: try reader.read(UInt32.self)))
    case .float64: self = .float64(Double(bitPattern: try reader.read(UInt64.self)))
    case .int64: self = .int64(try reader.read(Int64.self))
    case .boolean:
      let byte = try reader.read(UInt8.self)
      guard byte <= 1 else { throw FittedStateError.malformed("\(byte) is not a boolean") }
      self = .boolean(byte == 1)
    case .date: self = .date(try reader.read(Int32.self))
    case .timestamp: self = .timestamp(try reader.read(Int64.self))
    case .text: self = .text(Array(try reader.counted()))
    }
    guard isUsable else { throw FittedStateError.malformed("a fill value is not finite") }
  }
}
