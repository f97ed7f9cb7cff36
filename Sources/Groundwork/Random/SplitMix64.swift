/// A small, fast generator of random numbers: the same sequence for the same seed, for ever and on every machine.
///
/// Two ways to seed it give every decision a sequence of its own, independent of the others, so that image 7 is the same whether or not
/// image 6 was asked for, and a layer's first weights do not change when another layer grows:
///
///     SplitMix64(seed: 42, path: 0xD80, 17, 3)          // by numbers that say what the decision is about: dropout, step 17, layer 3
///     SplitMix64(seed: 42, stream: 2, index: 7)         // item 7 of stream 2
///
/// They are two because both are in stored results: trained weights depend on the first, generated tables and splits on the second.
/// For a given purpose, only one of them may be used.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. Not for cryptography.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The published generator.
  package init(seed: UInt64) { state = seed }

  /// The generator at the end of a path of numbers: each is mixed in by one round, so that neighbouring seeds and neighbouring numbers end up far
  /// apart. The empty path is ``init(seed:)``.
  package init(seed: UInt64, path: UInt64...) {
    state = seed
    for part in path { state = next() ^ (part &* 0xD1B5_4A32_D192_ED03) }
  }

  /// The generator of item `index` of a stream, so that items do not depend on how many come before them.
  package init(seed: UInt64, stream: UInt64, index: UInt64) {
    state = Self.mixed(Self.mixed(seed &+ stream &* 0x9E37_79B9_7F4A_7C15) ^ index &* 0xD1B5_4A32_D192_ED03)
  }

  /// The next 64 uniform bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// The finalizer: a bijection on 64 bits in which every input bit moves every output bit.
  package static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number in `0..<bound`. The bias is below bound / 2^64.
  package mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "a random number below \(bound) does not exist")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A uniform number in [0, 1), a multiple of 2^-53.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// True with this probability.
  package mutating func happens(_ probability: Double) -> Bool { uniform() < probability }
}
