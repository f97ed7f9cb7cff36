import Foundation
import Mistique

/// Rounds numbers to some decimals, half away from zero: what `Predict` and `CombinePredictions` do with their parameter `decimals`.
struct DecimalRounding {
  private let scale: Double

  /// `nil` for -1 decimals, which stand for no rounding.
  init?(decimals: Int) {
    guard decimals >= 0 else { return nil }
    scale = pow(10, Double(decimals))
  }

  /// A value that is too large to have such decimals stays as it is. Zero has no sign, so that equal values are equal bytes.
  func callAsFunction(_ value: Double) -> Double {
    let scaled = value * scale
    return scaled.isFinite ? scaled.rounded() / scale + 0 : value
  }

  /// The column with its float values rounded and its gaps kept; other types are returned as they are. Complexity: O(rows).
  func callAsFunction(_ column: Column) -> Column {
    switch column.values {
    case .float32(let values): Column(.float32(values.map { Float(self(Double($0))) }), validity: column.validity)
    case .float64(let values): Column(.float64(values.map { self($0) }), validity: column.validity)
    default: column
    }
  }
}
