/// The type of the values in a column.
///
/// The raw value is the one written into partition files, so it never changes meaning.
public enum ColumnType: UInt8, Sendable, Codable, CaseIterable {
  /// IEEE 754 single precision, 32 bits.
  case float32 = 1
  /// IEEE 754 double precision, 64 bits.
  case float64 = 2
  /// Signed integers, 64 bits.
  case int64 = 3
  /// Truth values, 8 bits.
  case boolean = 4
  /// Days since 1970-01-01, 32 bits.
  case date = 5
  /// UTF-8 of any length.
  case text = 6
  /// Microseconds since 1970-01-01T00:00:00 of a clock without a time zone, 64 bits. 7 is taken by `StoredType.float16`.
  case timestamp = 8

  /// Bytes of one value in memory and in a ColumnChunk; `nil` for text, whose values differ in length.
  package var bytesPerValue: Int? {
    switch self {
    case .float32, .date: 4
    case .float64, .int64, .timestamp: 8
    case .boolean: 1
    case .text: nil
    }
  }
}
