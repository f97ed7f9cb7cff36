/// Appends numbers as text to a byte buffer without making a `String` of each.
enum NumberText {
  @inline(__always)
  static func append(_ value: Int64, to buffer: inout [UInt8]) {
    if value < 0 { buffer.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var place = 20
      repeat {
        place -= 1
        let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
        digits[place] = 48 + UInt8(truncatingIfNeeded: remainder)
        rest = quotient
      } while rest > 0
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: digits[place..<20]))
    }
  }

  /// `value` rounded to `decimals` places, trailing zeros and a bare point cut: 2.50 is written `2.5` and 3.00 `3`.
  static func append(_ value: Double, decimals: Int, to buffer: inout [UInt8]) {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int64((value * scale).rounded())
    let unit = Int64(scale)
    if scaled < 0 { buffer.append(UInt8(ascii: "-")) }
    append(abs(scaled) / unit, to: &buffer)
    var fraction = abs(scaled) % unit
    guard fraction > 0 else { return }
    buffer.append(UInt8(ascii: "."))
    var place = unit / 10
    while fraction > 0 {
      buffer.append(48 + UInt8(fraction / place))
      fraction %= place
      place /= 10
    }
  }
}
