import Foundation
import Mistique
import TestSupport

/// Whether a value that was read is what its field says, by a reader of decimal digits that shares nothing with the product's.
enum FieldMeaning {
  /// What is wrong, in words; `nil` when the value is right.
  static func fault(of field: PlainCSV.Field, in column: Column, _ row: Int) -> String? {
    let text = String(decoding: field.bytes, as: UTF8.self)
    guard column.isPresent(row) else { return field.bytes.isEmpty ? nil : "\"\(text)\" is missing" }
    switch column.values {
    case .text(let values): return Array(values.bytes(at: row)) == field.bytes ? nil : "\"\(text)\" reads as \"\(values[row])\""
    case .boolean(let values): return text.lowercased() == "\(values[row])" ? nil : "\"\(text)\" reads as \(values[row])"
    case .date(let values): return date(text) == Int(values[row]) ? nil : "\"\(text)\" reads as day \(values[row])"
    case .int64(let values): return fault(text, "\(values[row])", isInteger: true)
    case .float64(let values): return fault(text, of: values[row])
    default: return nil
    }
  }

  private static func fault(_ text: String, _ value: String, isInteger: Bool) -> String? {
    if hasLeadingZero(text) { return "the code \"\(text)\" reads as \(value)" }
    guard let digits = Decimal(text), let read = Decimal(value) else { return "\"\(text)\" reads as \(value)" }
    return digits == read ? nil : "\"\(text)\" reads as \(value)"
  }

  private static func fault(_ text: String, of value: Double) -> String? {
    if hasLeadingZero(text) { return "the code \"\(text)\" reads as \(value)" }
    if ["nan", "-nan", "+nan"].contains(text.lowercased()) { return value.isNaN ? nil : "\"\(text)\" reads as \(value)" }
    guard let digits = Decimal(text) else {
      let isInfinity = ["inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"].contains(text.lowercased())
      return isInfinity && value.isInfinite && (value < 0) == text.hasPrefix("-") ? nil : "\"\(text)\" reads as \(value)"
    }
    // An integer must come back as it is; other numbers are rounded to the nearest double, which the C library knows.
    if digits.isPlainInteger { return Decimal(exactly: value) == digits ? nil : "the integer \"\(text)\" reads as \(value)" }
    return strtod(text, nil).bitPattern == value.bitPattern ? nil : "\"\(text)\" reads as \(value)"
  }

  private static func hasLeadingZero(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return digits.count > 1 && digits.first == "0" && digits.allSatisfy { $0 >= "0" && $0 <= "9" }
  }

  private static func date(_ text: String) -> Int? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard text.utf8.count == 10, parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
    // Days since 1970-01-01 in the proleptic Gregorian calendar, counted year by year.
    let lengths = [31, year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
    let before = year - 1
    let leaps =
      Int((Double(before) / 4).rounded(.down)) - Int((Double(before) / 100).rounded(.down)) + Int((Double(before) / 400).rounded(.down))
    return before * 365 + leaps + lengths[..<(month - 1)].reduce(0, +) + day - 719_163
  }

  /// A decimal number as digits and a power of ten, without trailing zeros.
  struct Decimal: Equatable {
    var isNegative = false
    var digits: [UInt8] = []
    var exponent = 0
    /// Whether the text has neither point nor exponent.
    var isPlainInteger = true

    static func == (a: Decimal, b: Decimal) -> Bool {
      a.digits == b.digits && (a.digits.isEmpty || (a.exponent == b.exponent && a.isNegative == b.isNegative))
    }

    init?(_ text: String) {
      var rest = Array(text.utf8)[...]
      if let sign = rest.first, sign == 45 || sign == 43 {
        isNegative = sign == 45
        rest.removeFirst()
      }
      var (hasDigits, places) = (false, 0)
      while let byte = rest.first, byte >= 48, byte < 58 {
        digits.append(byte - 48)
        (hasDigits, rest) = (true, rest.dropFirst())
      }
      if rest.first == 46 {
        (isPlainInteger, rest) = (false, rest.dropFirst())
        while let byte = rest.first, byte >= 48, byte < 58 {
          digits.append(byte - 48)
          (hasDigits, places, rest) = (true, places + 1, rest.dropFirst())
        }
      }
      guard hasDigits else { return nil }
      if let mark = rest.first, mark == 101 || mark == 69 {
        isPlainInteger = false
        let text = String(decoding: rest.dropFirst(), as: UTF8.self)
        let signed = text.drop { $0 == "+" || $0 == "-" }
        guard !signed.isEmpty, text.count - signed.count <= 1, signed.allSatisfy({ $0 >= "0" && $0 <= "9" }) else { return nil }
        // Beyond any exponent that counts, all are one.
        let size = min(Int(signed) ?? .max, 1 << 40)
        (exponent, rest) = (text.hasPrefix("-") ? -size : size, [])
      }
      guard rest.isEmpty else { return nil }
      exponent -= places
      digits = Array(digits.drop { $0 == 0 })
      while digits.last == 0 {
        digits.removeLast()
        exponent += 1
      }
    }

    /// All digits of a whole double.
    init?(exactly value: Double) {
      guard value.isFinite, value.rounded() == value else { return nil }
      self.init(String(format: "%.0f", value))
    }
  }
}
