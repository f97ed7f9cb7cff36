import Mistique
import Testing

@testable import experiments

@Suite struct QuestionSequenceTests {
  @Test(
    "25 questions, each of the eight at least three times, the same for a seed and others for another", arguments: [1, 2, 2018] as [UInt64])
  func sequence(seed: UInt64) {
    let places = QuestionSequence.places(kinds: 8, seed: seed)
    #expect(places.count == 25)
    let counts = (0..<8).map { kind in places.count { $0 == kind } }
    #expect(counts.allSatisfy { (3...4).contains($0) } && counts.count { $0 == 4 } == 1)
    #expect(places == QuestionSequence.places(kinds: 8, seed: seed) && places != QuestionSequence.places(kinds: 8, seed: seed + 1))
    #expect(places != places.sorted())
  }

  @Test("Names of policies are different, and a gamma is what its name says")
  func policies() throws {
    let names = AdaptivePolicy.all.map(\.name)
    #expect(Set(names).count == names.count && names.prefix(2) == ["DEDUP", "STORE_ALL"])
    let dedup = DedupBytes(transformers: 1_000, intermediates: 300)
    for policy in AdaptivePolicy.gammas {
      guard case .gamma(let gamma) = policy.kind else { continue }
      #expect(try policy.policy(dedup: dedup) == .adaptive(gamma: gamma) && policy.name == "gamma \(Int(gamma))")
    }
    #expect(try AdaptivePolicy.storeAll.policy(dedup: dedup) == .storeAll && AdaptivePolicy.dedup.policy(dedup: dedup) == .dedup)
    #expect(try AdaptivePolicy.gzip.policy(dedup: dedup) == StoragePolicy(.storeAll, codec: .gzip()))
    #expect(try AdaptivePolicy.algorithm4.policy(dedup: dedup) == .algorithm4)
    for policy in AdaptivePolicy.asCold {
      #expect(try policy.cold.isCold && policy.cold.policy(dedup: dedup) == policy.policy(dedup: dedup), "\(policy.name)")
    }
    #expect(try AdaptivePolicy.budgets.map { try $0.policy(dedup: dedup) } == [1_015, 1_060, 1_150].map { try .budget(bytes: $0) })
  }
}
