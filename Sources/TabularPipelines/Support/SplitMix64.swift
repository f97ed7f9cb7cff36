/// A small, fast generator of random numbers whose sequence is fixed for all time by its seed.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A generator of its own for item `index` of the `stream` of a seed, so that items do not depend on how many come before them.
  init(seed: UInt64, stream: UInt64, index: UInt64) {
    state = Self.mixed(Self.mixed(seed &+ stream &* 0x9E37_79B9_7F4A_7C15) ^ index &* 0xD1B5_4A32_D192_ED03)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// The finalizer: a bijection on 64 bits in which every input bit moves every output bit.
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0..<1.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func happens(_ probability: Double) -> Bool { uniform() < probability }
}
