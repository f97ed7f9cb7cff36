import Foundation

/// Numbers as people read them: three significant digits and a unit that fits. For eyes only; tables keep exact values.
package enum Quantity {
  /// `611 MB`, `67 GB`: decimal multiples, as storage is sold and as the paper counts.
  package static func bytes(_ value: Double) -> String {
    scaled(value, by: 1000, units: ["B", "kB", "MB", "GB", "TB", "PB"])
  }

  /// `240 µs`, `1.5 s`, `12 min`, `3.5 h`.
  package static func seconds(_ value: Double) -> String {
    let size = abs(value)
    if size == 0 { return "0 s" }
    if size < 0.9995e-3 { return "\(plain(value * 1e6)) µs" }
    if size < 0.9995 { return "\(plain(value * 1e3)) ms" }
    if size < 120 { return "\(plain(value)) s" }
    if size < 7200 { return "\(plain(value / 60)) min" }
    return "\(plain(value / 3600)) h"
  }

  /// `110x`.
  package static func ratio(_ value: Double) -> String { "\(plain(value))x" }

  /// `94 %` for 0.94.
  package static func percent(_ value: Double) -> String { "\(plain(value * 100)) %" }

  /// Three significant digits, no exponent between 0.001 and a million, no trailing zeros.
  package static func plain(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let size = abs(value)
    guard size >= 0.000_999_5, size < 999_500_000 else { return String(format: "%.3g", value) }
    let digits = max(0, 2 - Int(floor(log10(size))))
    var text = String(format: "%.\(digits)f", value)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }

  /// `2,985,217`: every digit, the same in every locale.
  package static func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    let parts = stride(from: digits.count, to: 0, by: -3).reversed().map { String(digits.prefix($0).suffix(min(3, $0))) }
    return (number < 0 ? "-" : "") + parts.joined(separator: ",")
  }

  private static func scaled(_ value: Double, by step: Double, units: [String]) -> String {
    var value = value
    var index = 0
    while abs(value) >= 0.9995 * step, index < units.count - 1 {
      value /= step
      index += 1
    }
    return "\(plain(value)) \(units[index])"
  }
}
