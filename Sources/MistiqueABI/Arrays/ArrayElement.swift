import CMistique
import Groundwork

/// The type of an array's elements, by the header's numbers.
enum ArrayElement: Int32, CaseIterable, Sendable {
  case float32 = 1
  case float16 = 2
  case bfloat16 = 3
  case float64 = 4
  case bool = 5
  case int8 = 6
  case uint8 = 7
  case int16 = 8
  case uint16 = 9
  case int32 = 10
  case int64 = 11

  var size: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// As NumPy and PyTorch call it, and as specifications keep it.
  var name: String { "\(self)" }

  /// Printing the name of a case takes microseconds, and every answer asks for one.
  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  init?(name: String) {
    guard let element = Self.byName[name] else { return nil }
    self = element
  }

  /// Whether a float32 holds every value.
  var fitsFloat32: Bool { ![.float64, .int32, .int64].contains(self) }
}

extension ArrayElement {
  /// Converts `count` elements, `stride` bytes apart, to float32, exactly: of NaNs the payload too.
  ///
  /// - Precondition: ``fitsFloat32``.
  func widen(_ source: UnsafeRawPointer, count: Int, stride: Int, into target: UnsafeMutablePointer<Float>) {
    switch self {
    case .float32 where stride == 4: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
    case .float32: each(source, count, stride, target) { (bits: UInt32) in Float(bitPattern: bits) }
    case .float16: each(source, count, stride, target) { (bits: UInt16) in HalfPrecision.widened(bits) }
    case .bfloat16: each(source, count, stride, target) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .bool: each(source, count, stride, target) { (bits: UInt8) in bits == 0 ? 0 : 1 }
    case .int8: each(source, count, stride, target) { (value: Int8) in Float(value) }
    case .uint8: each(source, count, stride, target) { (value: UInt8) in Float(value) }
    case .int16: each(source, count, stride, target) { (value: Int16) in Float(value) }
    case .uint16: each(source, count, stride, target) { (value: UInt16) in Float(value) }
    case .float64, .int32, .int64: preconditionFailure("\(name) does not fit a float32")
    }
  }

  /// Converts float32 values back to the type that they were widened from.
  ///
  /// - Returns: the place of the first value that is none of this type; `nil` when all are.
  func narrow(_ source: UnsafeBufferPointer<Float>, into target: UnsafeMutableRawPointer) -> Int? {
    switch self {
    case .float32:
      if let base = source.baseAddress { target.copyMemory(from: base, byteCount: source.count * 4) }
      return nil
    case .float16: return narrowed(source, target) { HalfPrecision.narrowed($0) }
    case .bfloat16: return narrowed(source, target) { $0.bitPattern & 0xffff == 0 ? UInt16($0.bitPattern >> 16) : nil }
    case .bool: return narrowed(source, target) { $0 == 0 ? UInt8(0) : $0 == 1 ? 1 : nil }
    case .int8: return narrowed(source, target) { Int8(exactly: $0) }
    case .uint8: return narrowed(source, target) { UInt8(exactly: $0) }
    case .int16: return narrowed(source, target) { Int16(exactly: $0) }
    case .uint16: return narrowed(source, target) { UInt16(exactly: $0) }
    case .float64, .int32, .int64: preconditionFailure("\(name) is not stored as float32")
    }
  }

  @inline(__always)
  private func each<Bits: FixedWidthInteger>(
    _ source: UnsafeRawPointer, _ count: Int, _ stride: Int, _ target: UnsafeMutablePointer<Float>, _ convert: (Bits) -> Float
  ) {
    for place in 0..<count { target[place] = convert(source.loadUnaligned(fromByteOffset: place * stride, as: Bits.self)) }
  }

  @inline(__always)
  private func narrowed<Bits: FixedWidthInteger>(
    _ source: UnsafeBufferPointer<Float>, _ target: UnsafeMutableRawPointer, _ convert: (Float) -> Bits?
  ) -> Int? {
    for (place, value) in source.enumerated() {
      guard let bits = convert(value) else { return place }
      target.storeBytes(of: bits, toByteOffset: place * MemoryLayout<Bits>.size, as: Bits.self)
    }
    return nil
  }
}
