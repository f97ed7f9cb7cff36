import Diagnosis
import TestSupport
import Testing

@Suite struct TopKTests {
  @Test("TOPK gives what sorting everything gives", arguments: 0..<30 as Range<UInt64>)
  func topK(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let values = (0..<200).map { _ in random.next() % 11 == 0 ? Double.nan : Double(random.next() % 40) }
    let k = Int(random.next() % 30)
    let expected = values.indices.filter { !values[$0].isNaN }
      .sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }.prefix(k)
    #expect(TopK.largest(k, of: values) == Array(expected), "seed \(seed)")
  }

  @Test("TOPK of nothing, and of fewer values than asked for")
  func topKEdges() {
    #expect(TopK.largest(3, of: []).isEmpty)
    #expect(TopK.largest(3, of: [.nan, -.infinity, .infinity]) == [2, 1])
    #expect(TopK.largest(0, of: [1, 2]).isEmpty)
  }

  @Test("The smallest, and integers that Double does not hold")
  func others() {
    #expect(TopK.smallest(3, of: [.nan, 3, -.infinity, 3, 2]) == [2, 4, 1])
    let large: [Int64?] = [nil, 1 << 53, (1 << 53) + 1, .min, .max]
    #expect(TopK.largest(3, ofIntegers: large) == [4, 2, 1] && TopK.smallest(9, ofIntegers: large) == [3, 1, 2, 4])
    let many = (0..<5_000).map { Double($0 % 700) }
    #expect(
      TopK.largest(2_000, of: many) == Array(many.indices.sorted { many[$0] != many[$1] ? many[$0] > many[$1] : $0 < $1 }.prefix(2_000)))
  }
}
