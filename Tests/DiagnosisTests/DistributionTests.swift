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
}
