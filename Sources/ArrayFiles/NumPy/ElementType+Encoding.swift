import Groundwork

/// Stored values as elements of the type that they were read from: the other direction of ``ElementType/floats(_:into:)``.
extension ElementType {
  /// The little-endian elements that are exactly these values; `nil` when one of them is none of the type. NaNs keep their bits.
  package func elements(_ values: [Float]) -> [UInt8]? {
    switch (kind, size) {
    case (.float, 4): packed(values) { (value: Float) -> UInt32? in value.bitPattern }
    case (.float, 2): packed(values) { (value: Float) -> UInt16? in HalfPrecision.narrowed(value) }
    case (.bfloat, _):
      packed(values) { (value: Float) -> UInt16? in value.bitPattern & 0xFFFF == 0 ? UInt16(value.bitPattern >> 16) : nil }
    case (.boolean, _): packed(values) { (value: Float) -> UInt8? in value == 0 || value == 1 ? UInt8(value) : nil }
    case (.signed, 1): packed(values) { (value: Float) -> Int8? in Int8(exactly: value) }
    case (.signed, 2): packed(values) { (value: Float) -> Int16? in Int16(exactly: value) }
    case (.unsigned, 1): packed(values) { (value: Float) -> UInt8? in UInt8(exactly: value) }
    case (.unsigned, 2): packed(values) { (value: Float) -> UInt16? in UInt16(exactly: value) }
    default: nil
    }
  }

  /// As for float32 values: of float64 alone.
  package func elements(_ values: [Double]) -> [UInt8]? {
    guard kind == .float, size == 8 else { return nil }
    return packed(values) { (value: Double) -> UInt64? in value.bitPattern }
  }

  /// As for float32 values: of all integer types.
  package func elements(_ values: [Int64]) -> [UInt8]? {
    switch (kind, size) {
    case (.signed, 1): packed(values) { (value: Int64) -> Int8? in Int8(exactly: value) }
    case (.signed, 2): packed(values) { (value: Int64) -> Int16? in Int16(exactly: value) }
    case (.signed, 4): packed(values) { (value: Int64) -> Int32? in Int32(exactly: value) }
    case (.signed, 8): packed(values) { (value: Int64) -> Int64? in value }
    case (.unsigned, 1): packed(values) { (value: Int64) -> UInt8? in UInt8(exactly: value) }
    case (.unsigned, 2): packed(values) { (value: Int64) -> UInt16? in UInt16(exactly: value) }
    case (.unsigned, 4): packed(values) { (value: Int64) -> UInt32? in UInt32(exactly: value) }
    case (.unsigned, 8): packed(values) { (value: Int64) -> UInt64? in UInt64(exactly: value) }
    default: nil
    }
  }

  private func packed<Value, Bits: FixedWidthInteger>(_ values: [Value], _ convert: (Value) -> Bits?) -> [UInt8]? {
    var elements: [Bits] = []
    elements.reserveCapacity(values.count)
    for value in values {
      guard let bits = convert(value) else { return nil }
      elements.append(bits.littleEndian)
    }
    return elements.withUnsafeBytes { Array($0) }
  }
}
