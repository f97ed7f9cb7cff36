import ExperimentKit
import Testing

@testable import experiments

/// The statements about exact answers from a base, over rows that nobody measured.
@Suite struct ExactTopKClaimsTests {
  /// What is put in place of a sound value: at one layer, of one number of neurons.
  private typealias Change = (metric: String, layer: Int, neurons: String, value: Double)

  private func rows(_ change: Change? = nil) throws -> MadeUpRows {
    var rows = try MadeUpRows(ExactTopK.parameters)
    func add(_ metric: String, _ value: Double, _ layer: Int, _ neurons: String, _ k: Int) throws {
      let isChanged = change.map { $0.metric == metric && $0.layer == layer && $0.neurons == neurons } ?? false
      try rows.add(metric, [isChanged ? change!.value : value], at: ["layer": layer, "neurons": neurons, "k": k])
    }
    for layer in ExactTopK.layers {
      try add("baseOfFull", 0.14, layer, ExactTopK.wholeLayer, 0)
      try add("baseOfRaw", 0.04, layer, ExactTopK.wholeLayer, 0)
      for k in ExactTopK.counts {
        try add("wrongAnswers", 0, layer, ExactTopK.wholeLayer, k)
        for count in ExactTopK.groups {
          try add("wrongAnswers", 0, layer, "\(count)", k)
          try add("candidateShare", count == 1 ? 0.04 : 0.5, layer, "\(count)", k)
          try add("speedup", count == 1 ? 120 : 10, layer, "\(count)", k)
        }
      }
    }
    return rows
  }

  private func outcome(_ rows: MadeUpRows, _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.outcome(of: ExactTopKClaims.all, id, at: scale)
  }

  @Test("Sound rows hold in every claim; bytes and times are judged on enough images only, wrong answers always")
  func sound() throws {
    for claim in ExactTopKClaims.all {
      #expect(try outcome(rows(), claim.id) == .holds, "\(claim.id)")
      #expect(try outcome(rows(), claim.id, at: .ci) == (claim.id == "exact-topk.exact" ? .holds : .notApplicable), "\(claim.id)")
    }
  }

  @Test("One layer that is over a limit is enough")
  func limits() throws {
    for layer in ExactTopK.layers {
      #expect(try outcome(rows(("baseOfFull", layer, "all", 0.16)), "exact-topk.base-of-full") == .doesNotHold)
      #expect(try outcome(rows(("baseOfRaw", layer, "all", 0.06)), "exact-topk.base-of-raw") == .doesNotHold)
      #expect(try outcome(rows(("candidateShare", layer, "1", 0.06)), "exact-topk.few-candidates") == .doesNotHold)
      #expect(try outcome(rows(("candidateShare", layer, "10", 0.9)), "exact-topk.few-candidates") == .holds, "said of one neuron")
      #expect(try outcome(rows(("speedup", layer, "1", 99)), "exact-topk.speedup") == .doesNotHold)
    }
  }

  @Test("Why a limit is not kept is said where it was measured: by the entropy of codes, and by neurons whose k-th best is zero")
  func causes() throws {
    func remark(_ rows: MadeUpRows, _ id: String) throws -> String {
      try #require(try rows.judge(ExactTopKClaims.all, id).remark)
    }
    var base = try rows(("baseOfRaw", 6, "all", 0.06))
    #expect(try remark(base, "exact-topk.base-of-raw").contains(Claim.noCause))
    try base.add("codeBits", [1.6], at: ["layer": 6, "neurons": ExactTopK.wholeLayer, "k": 0])
    let entropy = try remark(base, "exact-topk.base-of-raw")
    #expect(entropy.contains("Layer 6: the codes have 1.6 bits of entropy each, 5 % of a float32") && !entropy.contains(Claim.noCause))

    var candidates = try rows(("candidateShare", 16, "1", 0.6))
    #expect(try remark(candidates, "exact-topk.few-candidates").contains(Claim.noCause))
    for k in ExactTopK.counts { try candidates.add("activeShare", [0.4], at: ["layer": 16, "neurons": 1, "k": k]) }
    try candidates.add("candidateShareOfActive", [0.03], at: ["layer": 16, "neurons": 1, "k": ExactTopK.counts[0]])
    let inactive = try remark(candidates, "exact-topk.few-candidates")
    #expect(
      inactive.contains("60 % of the neurons asked for are active in fewer than k images")
        && inactive.contains("Of the others 3 % of the rows"))
    #expect(!inactive.contains(Claim.noCause))

    var active = try rows(("candidateShare", 16, "1", 0.6))
    for k in ExactTopK.counts { try active.add("activeShare", [1], at: ["layer": 16, "neurons": 1, "k": k]) }
    #expect(try remark(active, "exact-topk.few-candidates").contains(Claim.noCause), "all are active: that is not why")
  }

  @Test("A wrong answer is one, of neurons, of groups and of neighbours; rows without answers are no claim")
  func wrong() throws {
    for neurons in ["1", "3", "10", "all"] {
      #expect(try outcome(rows(("wrongAnswers", 16, neurons, 1)), "exact-topk.exact", at: .smoke) == .doesNotHold, "\(neurons)")
    }
    #expect(try MadeUpRows(ExactTopK.parameters).judge(ExactTopKClaims.all, "exact-topk.exact").outcome == .error)
  }
}
