import Groundwork

/// The same numbers for the same seed everywhere, so that a failing test can be repeated from the seed it prints.
///
/// The package's own generator under a name of its own: tests draw what the code under test must not have drawn too, and the test targets
/// that need nothing else of `Groundwork` need not know it.
public struct SeededRandom: RandomNumberGenerator {
  private var generator: SplitMix64

  public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  public mutating func next() -> UInt64 { generator.next() }

  /// In 0..<1.
  public mutating func unit() -> Double { generator.uniform() }
}
