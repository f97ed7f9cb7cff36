#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a field spells a number. A field that is spelled differently is no number, even if a C library would read one.
///
///     numeral   [+-] digits                                  an integer
///               [+-] digits [. digits] [e [+-] digits]       a decimal number; either side of the point may lack digits
///               [+-] nan | inf | infinity                    a word; letters of either case
///
/// Zeros in front of other digits (`007`, `-0012`, `007.50`) make a code and not a number, which would lose them.
enum CSVNumeral: Equatable {
  case integer, decimal, word

  /// Numerals of more bytes are texts.
  static let longestByteCount = 400

  /// `nil` for what is no numeral. Complexity: O(bytes).
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !bytes.isEmpty, bytes.count <= Self.longestByteCount else { return nil }
    var place = Self.afterSign(bytes, 0)
    let start = place
    let whole = Self.digits(bytes, &place)
    if whole > 1, bytes[start] == UInt8(ascii: "0") { return nil }
    if whole > 0, place == bytes.count {
      self = .integer
      return
    }
    var decimals = 0
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      place += 1
      decimals = Self.digits(bytes, &place)
    }
    if whole + decimals == 0 {
      guard place == start, Self.isWord(bytes[start...]) else { return nil }
      self = .word
      return
    }
    if place < bytes.count {
      guard bytes[place] | 0x20 == UInt8(ascii: "e") else { return nil }
      place = Self.afterSign(bytes, place + 1)
      guard Self.digits(bytes, &place) > 0, place == bytes.count else { return nil }
    }
    self = .decimal
  }

  /// Whether the bytes, after a sign, begin with a zero followed by a digit. An error then says why the field is no number.
  static func isCode(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = afterSign(bytes, 0)
    return start + 1 < bytes.count && bytes[start] == UInt8(ascii: "0") && bytes[start + 1] &- 48 < 10
  }

  private static func afterSign(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
    place < bytes.count && (bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-")) ? place + 1 : place
  }

  private static func digits(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Int {
    let start = place
    while place < bytes.count, bytes[place] &- 48 < 10 { place += 1 }
    return place - start
  }

  private static func isWord(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    ["nan", "inf", "infinity"].contains { word in
      bytes.count == word.utf8.count && zip(bytes, word.utf8).allSatisfy { $0 | 0x20 == $1 && $0 > 64 }
    }
  }
}

/// The C locale's numbers, which live as long as the program and never change.
private struct CLocale: @unchecked Sendable {
  static let shared = CLocale()
  let locale: locale_t

  private init() {
    guard let made = newlocale(1 << LC_NUMERIC, "C", nil) else { fatalError("the C library has no C locale") }
    locale = made
  }
}

extension CSVFieldParsing {
  /// The number that exactly these bytes spell, as float64; `nil` for what is no numeral and for what float64 does not hold:
  ///
  /// - a decimal number is rounded to the nearest float64, but not to infinity and, unless it is zero, not to zero;
  /// - an integer must be a float64 exactly.
  static func slowNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let numeral = CSVNumeral(bytes) else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: bytes.count + 1, alignment: 1) { copy -> Double? in
      copy.copyMemory(from: UnsafeRawBufferPointer(bytes))
      copy[bytes.count] = 0
      // In the C locale, whatever the program's is: elsewhere a point may end the number.
      let program = uselocale(CLocale.shared.locale)
      defer { uselocale(program) }
      let value = strtod(copy.baseAddress!.assumingMemoryBound(to: CChar.self), nil)
      switch numeral {
      case .word: return value
      case .integer: return isExactly(value, bytes) ? value : nil
      case .decimal: return value.isFinite && (value != 0 || !hasNonzeroDigit(bytes)) ? value : nil
      }
    }
  }

  /// As `slowNumber`, for float32: integers must be a float32 exactly, others are rounded from float64.
  static func slowSingle(_ bytes: UnsafeBufferPointer<UInt8>) -> Float? {
    guard let value = slowNumber(bytes) else { return nil }
    let single = Float(value)
    if !value.isFinite || Double(single) == value { return single }
    return CSVNumeral(bytes) == .integer || !single.isFinite || single == 0 ? nil : single
  }

  /// The integer that exactly these bytes spell as digits; `nil` also when 64 bits do not hold it.
  static func plainInteger(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    CSVNumeral(bytes) == .integer ? Int64(String(decoding: bytes, as: UTF8.self)) : nil
  }

  /// As `plainInteger`; also a decimal numeral without a fraction, such as `7.0` or `6.1e+13`, exactly.
  static func slowInteger(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    switch CSVNumeral(bytes) {
    case .integer: return Int64(String(decoding: bytes, as: UTF8.self))
    case .word, nil: return nil
    case .decimal: break
    }
    var digits: [UInt8] = []
    var power = 0
    var place = 0
    var isFraction = false
    while place < bytes.count, bytes[place] | 0x20 != UInt8(ascii: "e") {
      if bytes[place] == UInt8(ascii: ".") { isFraction = true }
      if bytes[place] &- 48 < 10 {
        digits.append(bytes[place])
        power -= isFraction ? 1 : 0
      }
      place += 1
    }
    if place < bytes.count {
      guard let exponent = Int(String(decoding: bytes[(place + 1)...], as: UTF8.self)), exponent.magnitude < 1_000 else { return nil }
      power += exponent
    }
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      power += 1
    }
    if digits.allSatisfy({ $0 == UInt8(ascii: "0") }) { return 0 }
    guard power >= 0, power < 19 else { return nil }
    let sign = bytes[0] == UInt8(ascii: "-") ? "-" : ""
    return Int64(sign + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: power))
  }

  private static func hasNonzeroDigit(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }.contains { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }
  }

  /// Whether `value`, to which the digits of an integer were rounded, is that integer.
  private static func isExactly(_ value: Double, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard value.isFinite else { return false }
    if abs(value) <= 9_007_199_254_740_992 { return abs(value) < 9_007_199_254_740_992 || UInt64(digits(bytes)) == 1 << 53 }
    // The C library writes every digit of a float64.
    var written = [CChar](repeating: 0, count: CSVNumeral.longestByteCount)
    let count = withVaList([abs(value)]) { vsnprintf(&written, written.count, "%.0f", $0) }
    let spelled = bytes[(bytes[0] &- 48 < 10 ? 0 : 1)...]
    return Int(count) == spelled.count && zip(written, spelled).allSatisfy { UInt8(bitPattern: $0) == $1 }
  }

  private static func digits(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(decoding: bytes[(bytes[0] &- 48 < 10 ? 0 : 1)...], as: UTF8.self)
  }
}
