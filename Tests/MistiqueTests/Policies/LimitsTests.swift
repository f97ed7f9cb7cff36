import Mistique
import Testing

@Suite("Thresholds and budgets as text")
struct LimitsTests {
  @Test(
    "gamma is read in s/GB, s/MB and the paper's s/KB",
    arguments: [("0.5s/KB", 500_000), ("500 s/MB", 500_000), ("500000", 500_000), ("500000 s/GB", 500_000), ("0", 0), ("1e3 S/gb", 1000)])
  func gammas(text: String, secondsPerGB: Double) throws {
    #expect(try GammaThreshold(text).secondsPerGB == secondsPerGB)
  }

  @Test(
    "What is no gamma is refused with what to write",
    arguments: ["", "s/KB", "-1", "nan", "inf s/GB", "5 s", "5 s/TB", "5 KB/s", "0.5 s / KB x"])
  func noGammas(text: String) {
    #expect { try GammaThreshold(text) } throws: { ($0 as? StoreError)?.code == .invalid }
  }

  @Test(
    "A budget is read in B, KB, MB, GB and TB",
    arguments: [
      ("5GB", 5_000_000_000), ("200 MB", 200_000_000), ("64kb", 64_000), ("1.5 TB", 1_500_000_000_000), ("123", 123), ("0", 0), ("7 B", 7),
    ])
  func budgets(text: String, bytes: Int) throws {
    #expect(try StorageBudget(text).bytes == bytes)
  }

  @Test("What is no budget is refused", arguments: ["", "GB", "-5GB", "nan", "inf", "1e300GB", "5 GiB", "5 G"])
  func noBudgets(text: String) {
    #expect { try StorageBudget(text) } throws: { ($0 as? StoreError)?.code == .invalid }
  }
}
