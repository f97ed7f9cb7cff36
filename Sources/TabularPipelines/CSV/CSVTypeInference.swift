import Mistique

/// Decides the type of columns that no schema names.
///
/// A column's type is the narrowest of integer, number, boolean (true, false), date (yyyy-mm-dd), timestamp
/// (yyyy-mm-dd hh:mm:ss) and text that fits its first
/// `sampleRecords` records, as far as they lie in the first `sampleByteCount` bytes; a later value that does not fit widens it, and the reader starts over. Digits with a leading zero, such as
/// `0100`, are a code and make a text. A column without a single value is of numbers, all missing.
struct CSVTypeInference {
  static let sampleRecords = 1_000
  static let sampleByteCount = 1 << 20

  /// `nil` where no value has been seen yet.
  private(set) var types: [ColumnType?]

  init(columnCount: Int) { types = Array(repeating: nil, count: columnCount) }

  /// Takes account of a record; fields beyond the columns are left to the parser to complain about.
  mutating func observe(_ record: [CSVRecordScanner.Field], _ format: CSVFormat) {
    for (column, field) in record.prefix(types.count).enumerated()
    where field.isQuoted || !(field.bytes.isEmpty || format.isMarker(field)) {
      types[column] = Self.widened(types[column], by: field.bytes)
    }
  }

  /// The narrowest type that holds what `type` holds and `bytes` too.
  static func widened(_ type: ColumnType?, by bytes: [UInt8]) -> ColumnType {
    let own = Self.type(of: bytes)
    guard let type, type != own else { return own }
    switch (type, own) {
    case (.int64, .float64), (.float64, .int64): return .float64
    default: return .text
    }
  }

  private static func type(of bytes: [UInt8]) -> ColumnType {
    let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
    if digits.count > 1, digits.first == UInt8(ascii: "0"),
      digits.dropFirst().allSatisfy({ $0 >= 48 && $0 < 58 })
    {
      return .text
    }
    return bytes.withUnsafeBufferPointer { bytes in
      if Int64(String(decoding: bytes, as: UTF8.self)) != nil { return .int64 }
      if CSVFieldParsing.slowNumber(bytes) != nil { return .float64 }
      if CSVFieldParsing.boolean(bytes) != nil { return .boolean }
      if CSVFieldParsing.date(bytes) != nil { return .date }
      if CSVFieldParsing.timestamp(bytes) != nil { return .timestamp }
      return .text
    }
  }
}
