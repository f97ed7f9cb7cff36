import Foundation
import Mistique

/// Rounds numbers to some decimals, half away from zero: what `Predict` and `CombinePredictions` do with their parameter `decimals`.
///
/// The exact value of the binary number is rounded, as by Python's `Decimal(value).quantize`: 2.675 is a little less than it reads and gives 2.67
/// at two decimals. The result is the number nearest to the rounded decimal. A number whose neighbors are further away than one unit of the last
/// decimal stays as it is: 2014002618.2 at 15 decimals. Zero has no sign, so that equal values are equal bytes.
struct DecimalRounding {
  /// A power of ten up to 10^15, which float64 holds exactly.
  private let scale: Double

  /// `nil` for -1 decimals, which means no rounding.
  init?(decimals: Int) {
    guard decimals >= 0 else { return nil }
    precondition(decimals <= 15, "float64 has at most 15 decimals that mean something")
    scale = pow(10, Double(decimals))
  }

  /// The nearest float64.
  func callAsFunction(_ value: Double) -> Double {
    guard let multiple = multiple(of: value) else { return value }
    // Both are exact, so one division rounds correctly.
    return multiple / scale + 0
  }

  /// The nearest float32.
  func callAsFunction(_ value: Float) -> Float {
    guard let multiple = multiple(of: Double(value)) else { return value }
    let quotient = multiple / scale
    let rounded = Float(quotient)
    // Rounding twice errs only when the first result lies in the middle between two float32; the remainder says on which side the value is.
    let isMiddle = quotient.bitPattern & 0x1FFF_FFFF == 0x1000_0000
    guard isMiddle else { return rounded + 0 }
    let left = multiple.addingProduct(-quotient, scale)
    return left == 0 ? rounded + 0 : Float(left > 0 ? quotient.nextUp : quotient.nextDown) + 0
  }

  /// The whole number of units of the last decimal nearest to `value`, half away from zero; `nil` when there are 2^53 of them or more, and for
  /// what is not finite: the number nearest to the rounded decimal is then the value itself.
  @inline(__always)
  private func multiple(of value: Double) -> Double? {
    let scaled = value * scale
    guard abs(scaled) < 0x1p53 else { return nil }
    let multiple = scaled.rounded(.toNearestOrAwayFromZero)
    // A product that was rounded lies on the same side of a half as the exact one, unless it became that half.
    guard abs(scaled - multiple) == 0.5 || abs(scaled) >= 0x1p52 else { return multiple }
    let rest = (-scaled).addingProduct(value, scale)
    if abs(scaled) < 0x1p52 { return rest != 0 && (rest < 0) == (scaled > 0) ? multiple - (scaled > 0 ? 1 : -1) : multiple }
    return abs(rest) == 0.5 && (rest > 0) == (scaled > 0) ? multiple + (scaled > 0 ? 1 : -1) : multiple
  }

  /// The column with its float values rounded and its gaps kept; other types are returned as they are. Complexity: O(rows).
  func callAsFunction(_ column: Column) -> Column {
    switch column.values {
    case .float32(let values): Column(.float32(values.map { self($0) }), validity: column.validity)
    case .float64(let values): Column(.float64(values.map { self($0) }), validity: column.validity)
    default: column
    }
  }
}
