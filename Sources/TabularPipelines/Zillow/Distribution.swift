import Groundwork
import Foundation

/// The distributions from which the generator draws. All are functions of a uniform number, so that correlated uniforms give correlated values.
enum Distribution {
  /// The value at `u` of measured quantiles. It is interpolated linearly between two quantiles, or geometrically where both are positive and far
  /// apart (a tail). Geometric tails keep the largest value from dominating the mean.
  static func quantile(_ u: Double, _ quantiles: [Double]) -> Double {
    let levels = ColumnFacts.quantileLevels
    var upper = 1
    while upper < levels.count - 1, u > levels[upper] { upper += 1 }
    let fraction = (u - levels[upper - 1]) / (levels[upper] - levels[upper - 1])
    let (low, high) = (quantiles[upper - 1], quantiles[upper])
    if low > 0, high > 1.5 * low {
      // The outermost pieces are thin at their far ends.
      let bent = upper == levels.count - 1 ? fraction * fraction : fraction
      return low * pow(high / low, bent)
    }
    return low + (high - low) * fraction
  }

  /// Standard normal distribution function.
  static func normalShare(_ z: Double) -> Double { 0.5 * erfc(-z * 0.5.squareRoot()) }
}

/// Values with given shares, drawn by a uniform number that runs through them in ascending order, so that correlation carries over.
struct Categorical: Sendable {
  private let values: [Double]
  private let cumulative: [Double]

  init(_ frequencies: [(value: Double, share: Double)]) {
    let ascending = frequencies.sorted { $0.value < $1.value }
    let total = ascending.reduce(0) { $0 + $1.share }
    var sum = 0.0
    values = ascending.map(\.value)
    cumulative = ascending.map {
      sum += $0.share / total
      return sum
    }
  }

  func value(_ u: Double) -> Double {
    for (index, bound) in cumulative.enumerated() where u < bound { return values[index] }
    return values[values.count - 1]
  }
}

extension SplitMix64 {
  /// A standard normal number (Box and Muller, one of the pair).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
