import Testing

@testable import experiments

/// Whether two sides that are timed have computed the same.
@Suite struct ComparedResultsTests {
  @Test("Logits are compared up to rounding; what is no finite number is the same as nothing, on one side and on both")
  func logits() throws {
    try NetworkBench.compare([1, -20, 3], [1, -20.001, 3])
    let different: [(own: [Float], other: [Float])] = [
      ([1, .nan, 3], [1, .nan, 3]), ([1, .nan, 3], [1, 2, 3]), ([1, 2, 3], [1, 2, .nan]), ([.nan, 2], [.nan, 2]),
      ([1, .infinity, 3], [1, .infinity, 3]), ([1, .infinity, 3], [9, 2, 3]), ([1, 2], [1, 2.1]), ([1, 2], [1]), ([], []),
    ]
    for (own, other) in different { #expect(throws: BenchFailure.self, "\(own), \(other)") { try NetworkBench.compare(own, other) } }
  }

  @Test("One prediction of a hundred may be off by the last decimal; none may be no number")
  func predictions() throws {
    func compare(_ own: Double, _ other: Double) throws {
      try PipelineRerunBench.compare([own] + Array(repeating: 0.5, count: 299), [other] + Array(repeating: 0.5, count: 299), of: "P2")
    }
    try compare(0.0123, 0.0124)
    for (own, other) in [(0.0123, 0.0125), (.nan, 0.0123), (0.0123, .nan), (.nan, .nan)] as [(Double, Double)] {
      #expect(throws: BenchFailure.self, "\(own), \(other)") { try compare(own, other) }
    }
    #expect(throws: BenchFailure.self) { try PipelineRerunBench.compare([0.5], [0.5, 0.5], of: "P2") }
    #expect(throws: BenchFailure.self) { try PipelineRerunBench.compare([], [], of: "P2") }
  }

  @Test("A value that is no number is infinitely far from every other")
  func distances() {
    #expect(ValueDifference.of(1, -2) == 3 && ValueDifference.of(.infinity, .infinity) == 0)
    #expect(ValueDifference.of(.infinity, 1) == .infinity && ValueDifference.of(.infinity, -.infinity) == .infinity)
    #expect(ValueDifference.of(.nan, 1) == .infinity && ValueDifference.of(1, .nan) == .infinity)
    #expect(ValueDifference.of(.nan, .nan) == .infinity)
    let (ones, others): ([Float], [Float]) = ([1, 2, .nan], [1, 2.5, .nan])
    #expect(ValueDifference.greatest(ones, others) == .infinity && ValueDifference.greatest(ones[..<2], others[..<2]) == 0.5)
  }
}
