import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

@Suite("What storing an intermediate is worth") struct GammaTests {
  @Test("Gamma is the seconds saved by all queries so far, per GB")
  func worth() {
    // The paper's example in section 4.3: seconds saved times queries, over the size.
    let gamma = Gamma(rerunSeconds: 12, readSeconds: 2, queries: 3, storedBytes: 5e8)
    #expect(gamma.value == 60)
  }

  @Test("What is slower to read than to re-run is worth less the more often it is queried")
  func slowerToRead() {
    let values = (1...3).map { Gamma(rerunSeconds: 1, readSeconds: 2, queries: $0, storedBytes: 1e9).value }
    #expect(values == [-1, -2, -3])
  }

  @Test("What takes no bytes is worth everything when it saves time, and nothing otherwise")
  func noBytes() {
    #expect(Gamma(rerunSeconds: 2, readSeconds: 1, queries: 1, storedBytes: 0).value == .infinity)
    #expect(Gamma(rerunSeconds: 1, readSeconds: 2, queries: 1, storedBytes: 0).value == 0)
    #expect(Gamma(rerunSeconds: 2, readSeconds: 1, queries: 0, storedBytes: 0).value == 0)
  }
}
