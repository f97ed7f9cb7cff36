import Testing

@testable import experiments

/// What the paper's queries of pipelines choose by themselves.
@Suite struct PipelineQueriesTests {
  @Test("The cities compared are those with most homes; the smaller number wins a tie, and a missing one is no city")
  func cities() {
    #expect(PipelineQueries.mostFrequent(2, of: [7, 3, 3, .nan, .nan, .nan, 5, 5, 5, 7]) == [5, 3])
    #expect(PipelineQueries.mostFrequent(2, of: [9, 8, 7]) == [7, 8])
    #expect(PipelineQueries.mostFrequent(2, of: [4, 4, .nan]) == [4])
    #expect(PipelineQueries.mostFrequent(2, of: [.nan]) == [])
  }
}
