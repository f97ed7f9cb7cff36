/// IEEE 754 binary16 to float32 and back by bits. A conversion in hardware would make signalling NaNs quiet.
public enum HalfPrecision {
  /// The number that the bits of a float16 are.
  @inlinable public static func widened(_ bits: UInt16) -> Float {
    guard bits & 0x7c00 == 0x7c00 else { return Float(Float16(bitPattern: bits)) }
    return Float(bitPattern: UInt32(bits & 0x8000) << 16 | 0x7f80_0000 | UInt32(bits & 0x03ff) << 13)
  }

  /// `nil` for a value that is no float16.
  @inlinable public static func narrowed(_ value: Float) -> UInt16? {
    let bits = value.bitPattern
    let half: UInt16
    if bits & 0x7f80_0000 == 0x7f80_0000 {
      half = UInt16(bits >> 16 & 0x8000) | 0x7c00 | UInt16(bits >> 13 & 0x03ff)
    } else {
      half = Float16(value).bitPattern
    }
    return widened(half).bitPattern == bits ? half : nil
  }
}
