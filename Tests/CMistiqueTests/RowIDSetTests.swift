import TestSupport
import Testing

@testable import MistiqueABI

/// The row ids that a capture has seen, against a plain set.
struct RowIDSetTests {
  @Test("Runs and single ids in any order are the ids that were added", arguments: [1, 2, 3])
  func random(seed: UInt64) {
    var random = SplitSeed(seed)
    var (set, plain) = (RowIDSet(), Set<Int64>())
    for _ in 0..<2_000 {
      let start = Int64(random.next() % 100_000)
      let run = (start..<start + 1 + Int64(random.next() % 40)).filter { !plain.contains($0) }
      set.insert(run)
      plain.formUnion(run)
    }
    #expect(set.count == plain.count)
    for id in Int64(-2)..<100_050 { #expect(set.contains(id) == plain.contains(id), "id \(id), seed \(seed)") }
  }

  @Test("The smallest and the largest integer are ids as others")
  func ends() {
    var set = RowIDSet()
    set.insert([.max, .min, .max - 1])
    #expect(set.contains(.max) && set.contains(.min) && set.contains(.max - 1) && !set.contains(0) && set.count == 3)
  }

  @Test("Ids one by one, ascending, are one run")
  func ascending() {
    var set = RowIDSet()
    for id in Int64(0)..<50_000 { set.insert([id]) }
    #expect(set.contains(0) && set.contains(49_999) && !set.contains(50_000))
  }

  /// A small generator of its own: the sequence must not change with others' needs.
  struct SplitSeed {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }
}
