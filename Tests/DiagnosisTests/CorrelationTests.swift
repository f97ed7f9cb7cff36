import Diagnosis
import TestSupport
import Testing

@Suite struct CorrelationTests {
  @Test("Coefficients with gaps are SciPy's of the pairs that are there")
  func golden() throws {
    let expected = try #require(Golden.load()["correlations"] as? [[Double]])
    let matrix = Mixture(seed: 21, rows: 80, columns: 12, factors: 4)
    let columns = (0..<12).map { column in
      (0..<80).map { row in (row * 7 + column * 5) % 11 == 0 ? Double.nan : Double(matrix.values[row * 12 + column]) }
    }
    let ours = Correlation.of(Array(columns[1...]), with: columns[0])
    #expect(ours.count == 11 && expected.count == 11)
    for (correlation, expected) in zip(ours, expected) {
      #expect(abs(correlation.coefficient - expected[0]) < 1e-12 && Double(correlation.pairs) == expected[1])
    }
  }

  @Test("Neither a great mean nor the ends of float64 cost precision")
  func stable() {
    var random = SeededRandom(seed: 3)
    // Integers, so that the offset does not round them.
    let x = (0..<500).map { _ in Double(random.next() % 1_000) }
    let y = x.map { $0 + Double(random.next() % 800) }
    let plain = Correlation(x, y).coefficient
    #expect(plain > 0.5 && plain < 0.95)
    func isSame(_ change: (Double) -> Double) -> Bool { abs(Correlation(x.map(change), y).coefficient - plain) < 1e-12 }
    #expect(isSame { $0 + 0x1p50 })
    #expect(isSame { ($0 - 500) * 0x1p1013 })
    #expect(isSame { $0 * 0x1p-1074 })
    #expect(isSame { $0 * 0x1p-600 })
    #expect(abs(Correlation(x.map { -$0 * 3 }, x).coefficient + 1) < 1e-15)
    #expect(abs(Correlation(x, x).coefficient - 1) < 1e-15)
  }

  @Test("Without variance or without two pairs there is no coefficient, and infinities are missing")
  func hostile() {
    #expect(Correlation([0.1, 0.1, 0.1], [1, 2, 3]).coefficient.isNaN)
    #expect(Correlation([0, 0], [0, -0.0]).coefficient.isNaN)
    #expect(Correlation([1, .nan, 3], [1, 2, .infinity]).pairs == 1)
    #expect(Correlation([1, .nan, 3], [1, 2, .infinity]).coefficient.isNaN)
    #expect(Correlation([], []).coefficient.isNaN)
    #expect(Correlation([1, 2, -.infinity, 3], [2, 4, 0, 6]).pairs == 3)
    #expect(Correlation([.greatestFiniteMagnitude, -.greatestFiniteMagnitude], [1, 0]).coefficient == 1)
    #expect(Correlation.of([], with: [1]).isEmpty)
  }
}
