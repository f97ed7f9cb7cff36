import Mistique
import Testing

@testable import MistiqueABI

/// Storage policies as texts.
struct PolicyTextTests {
  @Test("Texts are the policies that Swift makes")
  func policies() throws {
    #expect(try PolicyText.policy("dedup") == .dedup)
    #expect(try PolicyText.policy("store-all") == .storeAll)
    #expect(try PolicyText.policy("none") == StoragePolicy.none)
    #expect(try PolicyText.policy("lp16") == StoragePolicy.dedup.quantized(.lp16))
    #expect(try PolicyText.policy("Dedup + pool(2) + kbit(8)") == StoragePolicy.dedup.quantized(.pool(2).then(.kbit(8))))
    #expect(try PolicyText.policy("dedup + pool(all)") == StoragePolicy.dedup.quantized(.poolWholeMap))
    #expect(try PolicyText.policy("dedup+pool(4, maximum)") == StoragePolicy.dedup.quantized(.pool(4, .maximum)))
    #expect(try PolicyText.policy("dedup + bound(0.2rms)") == StoragePolicy.dedup.quantized(.bound(.relative(0.2))))
    #expect(
      try PolicyText.policy("pool(2) + bound(1e-3, channel)")
        == StoragePolicy.dedup.quantized(.pool(2).then(.bound(.absolute(1e-3), per: .channel))))
    #expect(try PolicyText.policy("dedup + bound(keeping 0.95)") == StoragePolicy.dedup.quantized(.bound(.keeping(neighbours: 0.95))))
    #expect(try PolicyText.policy("dedup + ladder(keeping CCA 0.002)") == StoragePolicy.dedup.quantized(.ladder(.keeping(cca: 0.002))))
    #expect(try PolicyText.policy("dedup + ladder(0.2rms)") == StoragePolicy.dedup.quantized(.ladder(.relative(0.2))))
    #expect(
      try PolicyText.policy("Adaptive( 0.5s/KB ) + ladder(0.01)")
        == StoragePolicy.adaptive(gamma: 500_000).quantized(.ladder(.absolute(0.01))))
    #expect(try PolicyText.policy("adaptive(0.5s/KB)") == StoragePolicy.adaptive(gamma: 500_000))
    #expect(
      try PolicyText.policy("bound(keeping cca 0.002) + Exact( 1024 )")
        == StoragePolicy.dedup.quantized(.bound(.keeping(cca: 0.002)), exactUpTo: 1_024))
    #expect(
      try PolicyText.policy("exact(10) + pool(2) + store-all + lp16")
        == StoragePolicy.storeAll.quantized(.pool(2).then(.lowerPrecision(.float16)), exactUpTo: 10))
    #expect(try PolicyText.policy("budget(5GB)") == StoragePolicy.budget(bytes: 5_000_000_000))
  }

  @Test(
    "What is no policy is refused",
    arguments: [
      "", "+", "dedup +", "dedupe", "dedup + store-all", "lp16 + lp16", "pool(x)", "pool(2", "kbit(many)", "adaptive", "budget()",
      "kbit(9)", "bound", "bound()", "bound(rms)", "bound(0)", "bound(-1rms)", "bound(0.2rms, image)", "bound(0.2rms, channel, 1)",
      "ladder(keeping)", "ladder(keeping cca)", "ladder(keeping cca 2)", "bound(keeping 1 cca)", "ladder(keeping cca 0.002 0.1)",
      "exact(10)", "dedup + exact(10)", "lp16 + exact", "lp16 + exact()", "lp16 + exact(0)", "lp16 + exact(-1)", "lp16 + exact(1e3)",
      "lp16 + exact(10) + exact(10)", "lp16 + exact(99999999999999999999)", "ladder", "ladder(0)", "ladder(0.2rms, channel)",
      "ladder(0.2) + lp16",
    ])
  func wrong(text: String) { #expect(throws: (any Error).self) { try PolicyText.policy(text) } }
}
