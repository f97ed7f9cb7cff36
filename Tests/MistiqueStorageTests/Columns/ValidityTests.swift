import MistiqueStorage
import TestSupport
import Testing

@Suite struct ValidityTests {
  @Test("A validity's slices and appends agree with bits kept one by one", arguments: [1, 2, 3] as [UInt64])
  func validity(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let bits = (0..<500).map { _ in Bool.random(using: &random) }
    var validity = Validity(count: 0, present: false)
    for bit in bits { validity.append(bit) }
    for _ in 0..<200 {
      let low = Int.random(in: 0...500, using: &random)
      let range = low..<Int.random(in: low...500, using: &random)
      let slice = validity.slice(range)
      #expect((0..<slice.count).map { slice[$0] } == Array(bits[range]), "seed \(seed) range \(range)")
      var joined = validity.slice(0..<low)
      joined.append(contentsOf: validity.slice(low..<500))
      #expect(joined == validity, "seed \(seed) split at \(low)")
    }
  }
}
