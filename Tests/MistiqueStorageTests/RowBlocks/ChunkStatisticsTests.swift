import Testing

@testable import MistiqueStorage

@Suite struct ChunkStatisticsTests {
  @Test("A chunk of integers that are all missing has no range")
  func statisticsOfNothing() {
    let column = Column(.int64([1, 2]), validity: Validity(count: 2, present: false))
    let statistics = ChunkStatistics(column, rows: 0..<2)
    #expect(statistics.lowest == .infinity && statistics.highest == -.infinity)
  }

  @Test("The range of timestamps holds them, as that of integers, although float64 does not")
  func statisticsOfTimestamps() {
    let values: [Int64] = [.max - 1, .min + 1, 9_007_199_254_740_993]
    for place in values.indices {
      let rows = place..<place + 1
      let (times, integers) = (ChunkStatistics(Column(.timestamp(values)), rows: rows), ChunkStatistics(Column(.int64(values)), rows: rows))
      #expect(times == integers)
      #expect(
        times.lowest.isFinite && times.highest.isFinite && Int128(times.lowest) <= values[place] && Int128(times.highest) >= values[place])
    }
  }
}
