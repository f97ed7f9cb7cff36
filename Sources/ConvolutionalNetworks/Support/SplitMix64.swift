/// A small, fast, seeded random generator: the only source of randomness in this target.
///
/// Every random decision (weights, order of the images, dropout, generated images) is drawn from a `SplitMix64` that starts from the
/// run's seed and a *stream*: numbers that say what the decision is about. Two streams are independent, so that a layer's first weights
/// do not change when another layer grows, and image 7 is the same whether or not image 6 was asked for.
///
///     var generator = SplitMix64(seed: 42, stream: 1, 7)
///     let die = generator.next(below: 6)
///
/// The helpers use integer and IEEE arithmetic only, no library functions, so that a seed gives the same numbers on every machine.
/// Source: Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014. Not for cryptography.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator for one stream of a seed; the same arguments give the same numbers for ever.
  public init(seed: UInt64, stream: UInt64...) {
    state = seed
    for part in stream {
      // One whole mixing round per part: neighbouring seeds and neighbouring parts end up far apart.
      state = next() ^ (part &* 0xD1B5_4A32_D192_ED03)
    }
  }

  /// The next 64 uniform bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number in `0..<bound`. The bias is below bound / 2^64.
  public mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "a random number below \(bound) does not exist")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A uniform number in [0, 1), a multiple of 2^-24.
  public mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A number from an approximately normal distribution, mean 0, variance 1: the sum of twelve uniform numbers, never beyond ±6.
  ///
  /// Preferred to Box-Muller because logarithms and cosines may differ in the last bit between machines.
  public mutating func normal() -> Float {
    var sum: UInt64 = 0
    for _ in 0..<3 {
      let bits = next()
      sum += (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48)
    }
    return (Float(sum) + 6) * 0x1p-16 - 6
  }

  /// `0..<count` in random order (Fisher and Yates). The standard library's shuffle may change between its versions; this one may not.
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, next(below: last + 1)) }
    return order
  }
}
