import Testing

@testable import Mistique

@Suite struct ModelCostsTests {
  @Test("What the best cut took is trusted for a while, for the same rows, bytes and accuracy only, and then looked for again")
  func found() {
    let costs = ModelCosts(restoreSeconds: 0, stages: [:])
    let cuts = WeighedCuts(intermediate: "a", accuracy: "stored", rows: 100, bytes: 8)
    #expect(costs.fewestSeconds(of: cuts) == nil)
    for seconds in [3.0, .infinity] {
      costs.note(fewestSeconds: seconds, of: cuts)
      for _ in 0..<16 { #expect(costs.fewestSeconds(of: cuts) == seconds) }
      #expect(costs.fewestSeconds(of: cuts) == nil)
    }
    costs.note(fewestSeconds: 3, of: cuts)
    #expect(costs.fewestSeconds(of: WeighedCuts(intermediate: "a", accuracy: "exact", rows: 100, bytes: 8)) == nil)
    #expect(costs.fewestSeconds(of: WeighedCuts(intermediate: "a", accuracy: "stored", rows: 99, bytes: 8)) == nil)
    #expect(costs.fewestSeconds(of: WeighedCuts(intermediate: "a", accuracy: "stored", rows: 100, bytes: 9)) == nil)
  }
}
