/// How the values of a chunk lie in its payload: as they are, or as a quantizer's codes.
///
/// `rawValue` is the byte in partition files. 1 to 6 and 8 are `ColumnType`'s own; 7 is float16, codes begin at 17.
package enum StoredType: Sendable, Hashable {
  case values(ColumnType)
  /// LP_QT: IEEE 754 binary16.
  case float16
  /// KBIT_QT, THRESHOLD_QT and BOUND_QT: codes of 1 to 8 bits, packed.
  case codes(bits: Int)

  init(_ format: CodeFormat) {
    switch format {
    case .float32: self = .values(.float32)
    case .float64: self = .values(.float64)
    case .float16: self = .float16
    case .bits(let bits): self = .codes(bits: bits)
    }
  }

  package init?(rawValue: UInt8) {
    switch rawValue {
    case 7: self = .float16
    case 17...24: self = .codes(bits: Int(rawValue) - 16)
    default:
      guard let type = ColumnType(rawValue: rawValue) else { return nil }
      self = .values(type)
    }
  }

  package var rawValue: UInt8 {
    switch self {
    case .values(let type): type.rawValue
    case .float16: 7
    case .codes(let bits): UInt8(16 + bits)
    }
  }

  /// Whether values of `type` may be stored so: as they are, or, floating-point numbers, at lower precision or as codes.
  func holds(_ type: ColumnType) -> Bool {
    switch self {
    case .values(.float32): type == .float32 || type == .float64
    case .values(let stored): stored == type
    case .float16, .codes: type == .float32 || type == .float64
    }
  }

  /// Bytes of one value; `nil` for text and for packed codes.
  package var bytesPerValue: Int? {
    switch self {
    case .values(let type): type.bytesPerValue
    case .float16: 2
    case .codes(let bits): bits == 8 ? 1 : nil
    }
  }

  /// Bytes of `rows` rows of `width` values; `nil` for text.
  ///
  /// Packed codes: a row begins on a byte, so that rows can be cut apart; the codes of a single column are packed along the rows.
  package func bytes(rows: Int, width: Int) -> Int? {
    if case .codes(let bits) = self { return CodeFormat.bits(bits).byteCount(rows: rows, width: width) }
    return bytesPerValue.map { rows * width * $0 }
  }
}
