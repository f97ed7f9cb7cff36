import Groundwork

/// The draws of this target: the only source of randomness in it.
///
/// Every random decision (weights, order of the images, dropout, generated images) starts from the run's seed and a path of numbers that
/// say what the decision is about. The draws use integer and IEEE arithmetic only, no library functions, so that a seed gives the same
/// numbers on every machine.
extension SplitMix64 {
  /// A uniform number in [0, 1), a multiple of 2^-24.
  mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A number from an approximately normal distribution, mean 0, variance 1: the sum of twelve uniform numbers, never beyond ±6.
  ///
  /// Preferred to Box-Muller because logarithms and cosines may differ in the last bit between machines.
  mutating func normal() -> Float {
    var sum: UInt64 = 0
    for _ in 0..<3 {
      let bits = next()
      sum += (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48)
    }
    return (Float(sum) + 6) * 0x1p-16 - 6
  }

  /// `0..<count` in random order (Fisher and Yates). The standard library's shuffle may change between its versions; this one may not.
  mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, next(below: last + 1)) }
    return order
  }
}
