/// Parsers of single fields over raw bytes. Each starts at `p`, stops at the first byte that cannot belong to the value and leaves `p` there;
/// the caller decides whether that byte ends the field. At least eight bytes that no value contains (newlines) must follow the bytes.
enum CSVFieldParsing {
  typealias Cursor = UnsafePointer<UInt8>

  /// An optional sign and at most 18 digits without a leading zero; `nil` for everything else, which the slow parsers read.
  @inline(__always)
  static func integer(_ p: inout Cursor) -> Int64? {
    let negative = p.pointee == UInt8(ascii: "-")
    if negative || p.pointee == UInt8(ascii: "+") { p += 1 }
    if hasLeadingZero(p) { return nil }
    var value: UInt64 = 0
    let digits = Self.digits(&p, &value)
    guard digits > 0, digits <= 18 else { return nil }
    let magnitude = Int64(bitPattern: value)
    return negative ? -magnitude : magnitude
  }

  /// A decimal number of at most 19 digits without an exponent or leading zeros, correctly rounded, or an integer of no more than 2^53.
  /// `nil` for everything else, which `slowNumber` reads.
  @inline(__always)
  static func number(_ p: inout Cursor) -> Double? {
    let negative = p.pointee == UInt8(ascii: "-")
    if negative || p.pointee == UInt8(ascii: "+") { p += 1 }
    if hasLeadingZero(p) { return nil }
    var mantissa: UInt64 = 0
    var digits = Self.digits(&p, &mantissa)
    var decimals = 0
    let isDecimal = p.pointee == UInt8(ascii: ".")
    if isDecimal {
      p += 1
      decimals = Self.digits(&p, &mantissa)
      digits += decimals
    }
    guard digits > 0, digits <= 19, p.pointee | 0x20 != UInt8(ascii: "e") else { return nil }
    let magnitude: Double
    if mantissa <= 1 << 53 {
      // Clinger's exact case: both are exact, so one division rounds correctly.
      magnitude = decimals == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[decimals]
    } else {
      // Rounding is for decimal numbers; of integers only those that float64 holds are numbers.
      guard isDecimal else { return nil }
      magnitude = quotient(mantissa, decimals: decimals)
    }
    return negative ? -magnitude : magnitude
  }

  /// Whether a zero followed by a digit stands at `p`, as in codes.
  @inline(__always)
  private static func hasLeadingZero(_ p: Cursor) -> Bool { p.pointee == UInt8(ascii: "0") && p[1] &- 48 < 10 }

  /// Appends the digits at `p` to `value` and returns how many there are; beyond 19 the value means nothing. Looks at eight bytes at a time.
  @inline(__always)
  private static func digits(_ p: inout Cursor, _ value: inout UInt64) -> Int {
    var count = 0
    while true {
      let chunk = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
      // The lowest marked byte is the first that is no digit; a carry can only mark bytes above it.
      let others = ((chunk &+ 0x7676_7676_7676_7676) | chunk) & 0x8080_8080_8080_8080
      let found = others.trailingZeroBitCount >> 3
      if found == 0 { return count }
      // Leading zeros in front of fewer than eight digits.
      value = value &* wholePowersOfTen[found] &+ eightDigits(chunk &<< (64 &- 8 &* UInt64(found)))
      p += found
      count += found
      if found < 8 { return count }
    }
  }

  /// The number that eight bytes of values 0 to 9 spell, the most significant first in memory.
  @inline(__always)
  private static func eightDigits(_ bytes: UInt64) -> UInt64 {
    let pairs = (bytes &* 10 &+ bytes >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF
  }

  /// `mantissa / 10^decimals`, rounded once, for a mantissa that is not 0 and at most 19 decimals.
  ///
  /// The division by 5^decimals is done in integers of 128 bits. Its quotient has 63 bits or more and the rest only says whether the
  /// quotient is exact, so converting quotient and rest to 53 bits is the only rounding; powers of two do not round.
  private static func quotient(_ mantissa: UInt64, decimals: Int) -> Double {
    var divisor: UInt64 = 1
    for _ in 0..<decimals { divisor *= 5 }
    let (left, right) = (mantissa.leadingZeroBitCount, divisor.leadingZeroBitCount)
    let dividend = mantissa << UInt64(left)
    let (quotient, rest) = (divisor << UInt64(right)).dividingFullWidth((dividend >> 1, dividend << 63))
    let exponent = right - left - 63 - decimals
    return Double(quotient | (rest > 0 ? 1 : 0)) * Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// `true` or `false`, `True`, `FALSE`, ...
  static func boolean(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
    func equals(_ word: StaticString) -> Bool {
      bytes.count == word.utf8CodeUnitCount
        && (0..<bytes.count).allSatisfy { bytes[$0] | 0x20 == word.utf8Start[$0] }
    }
    return equals("true") ? true : equals("false") ? false : nil
  }

  /// `yyyy-mm-dd` of the Gregorian calendar as days since 1970-01-01.
  static func date(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), let year = digits(bytes, 0..<4),
      let month = digits(bytes, 5..<7), let day = digits(bytes, 8..<10)
    else { return nil }
    return CalendarDate(year: year, month: month, day: day)?.daysSince1970
  }

  /// `yyyy-mm-dd hh:mm:ss`, also with `T` for the blank and with a fraction of at most six digits, as microseconds since 1970-01-01T00:00:00.
  ///
  /// Times with a zone are not read, because the zone would be lost. Nor are leap seconds, for which the count of microseconds has no place.
  static func timestamp(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard bytes.count == 19 || (21...26).contains(bytes.count), bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let days = date(UnsafeBufferPointer(rebasing: bytes[..<10])), let hour = digits(bytes, 11..<13), hour < 24,
      let minute = digits(bytes, 14..<16), minute < 60, let second = digits(bytes, 17..<19), second < 60
    else { return nil }
    var fraction = 0
    if bytes.count > 19 {
      guard bytes[19] == UInt8(ascii: "."), let written = digits(bytes, 20..<bytes.count) else { return nil }
      fraction = (bytes.count..<26).reduce(written) { value, _ in value * 10 }
    }
    return Int64((hour * 60 + minute) * 60 + second) * 1_000_000 + Int64(fraction) + Int64(days) * Timestamp.microsecondsPerDay
  }

  /// The number that the digits at `range` spell; `nil` when one of the bytes is no digit.
  private static func digits(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
    var value = 0
    for index in range {
      let digit = bytes[index] &- 48
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  ]
  private static let wholePowersOfTen: [UInt64] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
}
