#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Parsers of single fields over raw bytes. Each starts at `p`, stops at the first byte that cannot belong to the value and leaves `p` there;
/// the caller decides whether that byte ends the field. The bytes must end in a sentinel that no value contains (a newline or a zero).
enum CSVFieldParsing {
  typealias Cursor = UnsafePointer<UInt8>

  /// Digits with an optional sign, of at most 18 digits; `nil` when there are none or more.
  @inline(__always)
  static func integer(_ p: inout Cursor) -> Int64? {
    let negative = p.pointee == UInt8(ascii: "-")
    if negative || p.pointee == UInt8(ascii: "+") { p += 1 }
    let first = p
    var value: Int64 = 0
    var digit = p.pointee &- 48
    while digit < 10 {
      value = value &* 10 &+ Int64(digit)
      p += 1
      digit = p.pointee &- 48
    }
    let digits = p - first
    guard digits > 0, digits <= 18 else { return nil }
    return negative ? -value : value
  }

  /// A decimal number that fits Clinger's exact case: at most 15 significant digits and a power of ten up to 22, so that one
  /// multiplication or division rounds correctly. `nil` for everything else, which `slowNumber` reads.
  @inline(__always)
  static func number(_ p: inout Cursor) -> Double? {
    let negative = p.pointee == UInt8(ascii: "-")
    if negative || p.pointee == UInt8(ascii: "+") { p += 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var digit = p.pointee &- 48
    while digit < 10 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      digits += 1
      p += 1
      digit = p.pointee &- 48
    }
    var decimals = 0
    if p.pointee == UInt8(ascii: ".") {
      p += 1
      digit = p.pointee &- 48
      while digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        decimals += 1
        p += 1
        digit = p.pointee &- 48
      }
      digits += decimals
    }
    guard digits > 0, digits <= 15, p.pointee | 0x20 != UInt8(ascii: "e") else { return nil }
    let magnitude = decimals == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[decimals]
    return negative ? -magnitude : magnitude
  }

  /// Any number that `strtod` reads, correctly rounded, over exactly these bytes; also `inf` and `nan`, but not hexadecimal or leading blanks.
  static func slowNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let first = bytes.first, first > 32, bytes.count < 400,
      !bytes.contains(where: { $0 | 0x20 == UInt8(ascii: "x") })
    else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: bytes.count + 1, alignment: 1) { copy in
      copy.copyMemory(from: UnsafeRawBufferPointer(bytes))
      copy[bytes.count] = 0
      let start = copy.baseAddress!.assumingMemoryBound(to: CChar.self)
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &end)
      return end == start + bytes.count ? value : nil
    }
  }

  /// An integer of any length, or a number without a fraction such as `7.0` or `6.1e+13`, over exactly these bytes.
  static func slowInteger(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    if let exact = Int64(String(decoding: bytes, as: UTF8.self)) { return exact }
    guard let value = slowNumber(bytes), value == value.rounded(),
      abs(value) <= 9_007_199_254_740_992
    else { return nil }
    return Int64(value)
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
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
      return nil
    }
    func digits(_ range: Range<Int>) -> Int? {
      var value = 0
      for index in range {
        let digit = bytes[index] &- 48
        guard digit < 10 else { return nil }
        value = value * 10 + Int(digit)
      }
      return value
    }
    guard let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10) else {
      return nil
    }
    return CalendarDate(year: year, month: month, day: day)?.daysSince1970
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]
}
