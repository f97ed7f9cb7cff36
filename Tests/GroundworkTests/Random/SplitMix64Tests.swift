import Groundwork
import Testing

/// Sequences that stored results depend on: no change of the generator may change one of them.
struct SplitMix64Tests {
  @Test("A seed gives the published sequence")
  func published() {
    var generator = SplitMix64(seed: 1_234_567)
    #expect((0..<3).map { _ in generator.next() } == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test("A path and an item of a stream give the sequences that they always gave")
  func seeding() {
    var path = SplitMix64(seed: 42, path: 0xD80, 17, 3)
    #expect([path.next(), path.next()] == [17_906_358_007_827_097_790, 15_540_583_931_806_679_256])
    var item = SplitMix64(seed: 42, stream: 2, index: 7)
    #expect([item.next(), item.next()] == [16_606_008_410_958_742_840, 12_533_651_829_444_336_047])
  }

  @Test("Neighbouring paths and items begin with numbers of their own")
  func neighbours() {
    var first: Set<UInt64> = []
    for seed in 0..<10 as Range<UInt64> {
      for part in 0..<10 as Range<UInt64> {
        for other in 0..<10 as Range<UInt64> {
          var (path, item) = (SplitMix64(seed: seed, path: part, other), SplitMix64(seed: seed, stream: part, index: other))
          first.formUnion([path.next(), item.next()])
        }
      }
    }
    #expect(first.count == 2_000)
  }

  @Test("Draws are within their bounds and reach all of them")
  func draws() {
    var generator = SplitMix64(seed: 5)
    #expect(Set((0..<1_000).map { _ in generator.next(below: 7) }) == Set(0..<7))
    #expect((0..<1_000).allSatisfy { _ in (0..<1).contains(generator.uniform()) })
    let share = Double((0..<10_000).count { _ in generator.happens(0.3) }) / 10_000
    #expect(abs(share - 0.3) < 0.02 && !generator.happens(0) && generator.happens(1))
  }
}
