import ExperimentKit
import Foundation
import TestSupport
import Testing

@testable import experiments

/// Figure 11b: its claims over rows that nobody measured, and a run at scale smoke.
@Suite struct Fig11bLoggingOverheadTests {
  private typealias Change = (network: ImageWorkload.Network, policy: String, writes: LoggingWrites, overhead: Double)

  /// The paper's times over no logging, or others at one place.
  private func rows(
    _ change: Change? = nil, policies: [Fig11bLoggingOverhead.Policy] = Fig11bLoggingOverhead.policies, hasWeights: Bool = true
  ) throws -> MadeUpRows {
    let paper: [ImageWorkload.Network: [String: Double]] = [
      .cnn: ["all": 147.0 / 13, "LP": 105.0 / 13, "8BIT": 251.0 / 13, "pool(2)": 48.0 / 13, "pool(4)": 2, "pool(S)": 21.0 / 13],
      .vgg16: ["all": 252.0 / 19, "LP": 151.0 / 19, "8BIT": 379.0 / 19, "pool(2)": 56.0 / 19, "pool(4)": 38.0 / 19, "pool(S)": 20.0 / 19],
    ]
    var rows = try MadeUpRows(Fig11bLoggingOverhead.parameters)
    for network in Fig11bLoggingOverhead.networks {
      for policy in policies {
        var place: MeasurementTable.Parameters = ["workload": network.rawValue, "policy": policy.name, "writes": "none"]
        try rows.addCount("images", 1_000, at: place)
        try rows.addCount("batch", 1_000, at: place)
        try rows.add("noneSeconds", [10], at: place)
        for writes in policy.writes {
          place["writes"] = writes.rawValue
          let isChanged = change.map { $0.network == network && $0.policy == policy.name && $0.writes == writes } ?? false
          try rows.add("logSeconds", [20], at: place)
          try rows.add("storedBytes", [policy.name == "8BIT" ? 1e6 : 4e6], at: place)
          if hasWeights { try rows.add(Fig11bLoggingOverhead.transformerBytes, [0.4e6], at: place) }
          try rows.add("overhead", [isChanged ? change!.overhead : paper[network]![policy.name] ?? 5], at: place)
        }
      }
    }
    return rows
  }

  private func outcome(_ rows: MadeUpRows, _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.outcome(of: Fig11bClaims.all, id, at: scale)
  }

  @Test("The paper's own times hold in every claim, and none is judged on few images")
  func paper() throws {
    for claim in Fig11bClaims.all {
      #expect(try outcome(rows(), claim.id) == .holds, "\(claim.id)")
      #expect(try outcome(rows(), claim.id, at: .ci) == .notApplicable)
    }
  }

  @Test("Every network and both ways of writing count", arguments: LoggingWrites.allCases)
  func everyRow(writes: LoggingWrites) throws {
    for network in Fig11bLoggingOverhead.networks {
      #expect(try outcome(rows((network, "pool(2)", writes, 100)), "fig11b.pooling-is-cheap") == .doesNotHold)
      #expect(try outcome(rows((network, "LP", writes, 100)), "fig11b.lp-cheaper-than-all") == .doesNotHold)
      #expect(try outcome(rows((network, "8BIT", writes, 3)), "fig11b.8bit-is-dearest") == .doesNotHold)
      // The paper has no pool(4) of the CNN, where it may cost what it likes, but for being the dearest.
      let pool4 = try rows((network, "pool(4)", writes, 10))
      #expect(try outcome(pool4, "fig11b.pooling-is-cheap") == (network == .vgg16 ? .doesNotHold : .holds))
    }
    #expect(try outcome(rows((.vgg16, "pool(S)", writes, 1.09)), "fig11b.whole-pooling-is-free") == .doesNotHold)
    #expect(try outcome(rows((.cnn, "pool(S)", writes, 1.9)), "fig11b.whole-pooling-is-free") == .holds, "said of VGG16 alone")
  }

  @Test(
    "Where whole pooling is not free, what the weights alone take is said, and rows of before that lack it say that it was not measured")
  func weightsAlone() throws {
    let id = "fig11b.whole-pooling-is-free"
    let change: Change = (.vgg16, "pool(S)", .oneCommit, 1.2)
    #expect(try rows(change).judge(Fig11bClaims.all, id).remark?.contains("alone, once whatever the images, takes 5x the time") == true)
    let weights = "3.6 MB of intermediates and 400 kB of weights are written of 1,000 images"
    #expect(try rows(change).judge(Fig11bClaims.all, id).remark?.contains(weights) == true)
    let cheap = try rows((.cnn, "8BIT", .oneCommit, 3)).judge(Fig11bClaims.all, "fig11b.8bit-is-dearest")
    #expect(cheap.remark?.contains("8BIT writes 16.7 % of the bytes of all, weights apart") == true, "\(cheap.remark ?? "")")
    let before = try rows(change, policies: Fig11bLoggingOverhead.policies.dropLast(), hasWeights: false)
    #expect(try before.judge(Fig11bClaims.all, id).remark?.contains("was not measured") == true)
    guard case .bars(let categories, _) = try Fig11bClaims.chart(before.table).panels[0].content else {
      return #expect(Bool(false), "bars")
    }
    #expect(categories.count == Fig11bLoggingOverhead.policies.count - 1)
  }

  @Test("The figure has both ways of writing beside the paper's, with images and batches")
  func figure() throws {
    let chart = try Fig11bClaims.chart(rows().table)
    guard case .bars(let categories, let series) = chart.panels[0].content else {
      Issue.record("bars were expected")
      return
    }
    #expect(
      series.map(\.name) == ["one transaction", "every write synced", "every write synced, paper"]
        && categories.count == series[0].values.count)
    #expect(series[0].values.allSatisfy { $0 != nil } && series[1].values.count { $0 != nil } == 6)
    #expect(chart.panels.allSatisfy { $0.title.contains("1,000 images in batches of 1,000") })
  }

  @Test(
    "Figure 11b at scale smoke: both ways of writing store the same chunks, LP half of everything's bytes, encoded fewer than uncompressed")
  func smoke() throws {
    let program = ExperimentsProgram()
    let run = try program.start(["run", "11b", "--scale", "smoke", "--repetitions", "1"]).finish()
    #expect(run.status == 0, "\(run.errors)")
    let records = try program.records("smoke/fig11b-logging-overhead")
    for network in Fig11bLoggingOverhead.networks {
      func value(_ metric: String, _ policy: String, _ writes: String = "one transaction") throws -> Double {
        try records.value(metric, ["workload": network.rawValue, "policy": policy, "writes": writes])
      }
      for policy in Fig11bLoggingOverhead.policies where policy.writes.count > 1 {
        #expect(try value("chunks", policy.name) == value("chunks", policy.name, "every write synced"), "\(policy.name)")
        #expect(try value("overhead", policy.name, "every write synced") > 0)
      }
      #expect(try value("storedBytes", "LP") < value("storedBytes", "all"))
      #expect(try value("storedBytes", "all encoded") < value("storedBytes", "all"))
      #expect(try value("storedBytes", "LP encoded") < value("storedBytes", "LP"))
      #expect(try value("images", "all", "none") == value("batch", "all", "none"), "fewer than 1,000 images make one batch")
    }
  }
}
