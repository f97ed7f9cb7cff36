import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct DecimalColumnsTests {
  private let origin = Derivation(
    source: StoredSpan(type: .float64, width: 1, rows: 1000, rowsPerBlock: 1000, chunks: [], statistics: []), operations: [])

  private func filled(_ count: Int, _ random: inout SeededRandom) -> (columns: DecimalColumns, values: [[Int32]]) {
    var columns = DecimalColumns(largestBytes: 256 << 20)
    let values = (0..<count).map { _ in (0..<1000).map { _ in Int32(random.next() % 1_000_000) } }
    for values in values { columns.insert(.init(digits: 2, values: values), type: .float64, origin: origin) }
    return (columns, values)
  }

  @Test("The closest of many columns is found, and looking for it does not take as many times as long as there are columns")
  func many() throws {
    var random = SeededRandom(seed: 7)
    let (few, many) = (filled(50, &random), filled(3000, &random))
    let clock = ContinuousClock()
    func seconds(_ stored: (columns: DecimalColumns, values: [[Int32]])) throws -> Duration {
      try (0..<5).map { (round: Int) throws -> Duration in
        let near = stored.values[round * 7 + 3]
        let start = clock.now
        let found = stored.columns.closest(to: .init(digits: 2, values: near.map { $0 + 1 - $0 % 3 }), type: .float64)
        let took = clock.now - start
        #expect(try #require(found).decimals.values == near)
        return took
      }.min()!
    }
    let (short, long) = (try seconds(few), try seconds(many))
    #expect(long < short * 15, "\(long) among 3,000 columns, \(short) among 50")
  }
}
