import Diagnosis
import Testing

@Suite struct DistributionTests {
  @Test("COL_DIST leaves out what is no number and keeps the maximum in the last bin")
  func distribution() throws {
    let distribution = try #require(Distribution([0, 1, 2, 3, 4, .nan, .infinity], bins: 4))
    #expect(distribution.histogram == [1, 1, 1, 2])
    #expect(distribution.missing == 2 && distribution.mean == 2)
    #expect(Distribution([.nan]) == nil)
    #expect(Distribution([5, 5], bins: 3)?.histogram == [2, 0, 0])
  }

  @Test("Large values that are nearly equal keep their mean and deviation, which a running sum of them loses")
  func nearlyEqual() throws {
    // 2^60 and what float64 tells it apart by: exact, and 1,024 of them are beyond 2^69, where a sum has steps of 2^17.
    let values = (0..<1_024).map { 0x1p60 + 65_536 + Double(256 * ($0 % 2) * 2) }
    let large = try #require(Distribution(values))
    #expect(large.mean == 0x1p60 + 65_536 + 256 && large.deviation == 256)
    let tenths = try #require(Distribution([Double](repeating: 0.1, count: 200_000)))
    #expect(tenths.mean == 0.1 && tenths.deviation == 0)
    // A mean that float64 cannot hold is rounded, and the deviation is not taken from the rounded one.
    let halves = try #require(Distribution((0..<1_024).map { 0x1p60 + Double(256 * ($0 % 2)) }))
    #expect(halves.deviation == 128 && (halves.minimum...halves.maximum).contains(halves.mean))
  }
}
