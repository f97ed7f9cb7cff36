import ExperimentKit
import Testing

@testable import experiments

/// The statements of figure 11a over rows that nobody measured: each must hold where it should, and fail where it should.
@Suite struct Fig11aClaimsTests {
  /// Times over no logging of what is synced, and bytes.
  private struct Made {
    var overheads: [String: Double] = [:]
    var bytes: [String: Double] = [:]
  }

  /// Rows like the paper's own seconds, unless `made` says otherwise for a pipeline.
  private func rows(_ made: [String: Made] = [:]) throws -> MadeUpRows {
    var rows = try MadeUpRows(Fig11aLoggingOverhead.parameters)
    for pipeline in PipelineWorkload.timedWhenLogged {
      let seconds = try #require(Fig11aClaims.paper[pipeline])
      for policy in Fig11aLoggingOverhead.policies {
        let paper = policy.name == "none" ? 1 : (seconds[policy.name] ?? seconds["DEDUP"]!) / seconds["adaptive"]!
        // A little more than the paper's: it is compared with its own.
        let overhead = made[pipeline]?.overheads[policy.name] ?? (policy.name == Fig11aLoggingOverhead.gzip ? 1.001 * paper : paper)
        let bytes =
          made[pipeline]?.bytes[policy.name] ?? (policy.writings == [.oneCommit] ? 1 : policy.name.hasPrefix("DEDUP") ? 1_000 : 50_000)
        for writing in policy.writings {
          let place: MeasurementTable.Parameters = ["pipeline": pipeline, "policy": policy.name, "writing": writing.rawValue]
          // In one transaction everything is as fast as nothing: the paper's statements are about what is synced.
          try rows.add("overhead", [writing == .synced || policy.name == "adaptive" ? overhead : 1], at: place)
          try rows.add("logSeconds", [overhead, 2 * overhead], at: place)
          try rows.add("storedBytes", [bytes], at: place)
        }
      }
    }
    return rows
  }

  private func changed(_ made: Made) throws -> MadeUpRows { try changed(PipelineWorkload.timedWhenLogged, made) }

  private func changed(_ pipelines: [String], _ made: Made) throws -> MadeUpRows {
    try rows(Dictionary(uniqueKeysWithValues: pipelines.map { ($0, made) }))
  }

  private func outcome(_ id: String, _ rows: MadeUpRows, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.judge(Fig11aClaims.all, id, at: scale).outcome
  }

  private static let names = ["none", "adaptive", "DEDUP", "DEDUP+derived", "STORE_ALL gzip", "STORE_ALL", "STORE_ALL raw"]

  @Test("Every statement holds of the paper's own times, and none of a store that stores nothing, fast or slow")
  func goodAndTrivial() throws {
    let good = try rows()
    let bytes = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, 1.0) })
    let idle = try changed(Made(overheads: Dictionary(uniqueKeysWithValues: Self.names.map { ($0, 1.0) }), bytes: bytes))
    let slow = try changed(Made(bytes: bytes))
    for claim in Fig11aClaims.all {
      #expect(try outcome(claim.id, good) == .holds, "\(claim.id)")
      #expect(try outcome(claim.id, idle) == .doesNotHold, "\(claim.id)")
      #expect(try outcome(claim.id, slow) == .doesNotHold, "\(claim.id)")
      #expect(try outcome(claim.id, good, at: .ci) == .notApplicable, "\(claim.id)")
      #expect(try outcome(claim.id, MadeUpRows(Fig11aLoggingOverhead.parameters)) == .error, "\(claim.id)")
    }
  }

  @Test("One pipeline out of order breaks the order, by more than a twentieth")
  func ordering() throws {
    let id = "fig11a.ordering"
    #expect(try outcome(id, changed(["P5_a"], Made(overheads: ["adaptive": 1.2, "DEDUP": 1.133]))) == .doesNotHold)
    #expect(try outcome(id, changed(["P5_a"], Made(overheads: ["adaptive": 1.19, "DEDUP": 1.133]))) == .holds)
    #expect(try outcome(id, changed(["P1_a"], Made(overheads: ["STORE_ALL gzip": 1]))) == .doesNotHold)
    #expect(try outcome(id, changed(["P9_a"], Made(bytes: ["DEDUP": 60_000]))) == .doesNotHold)
  }

  @Test("DEDUP must be as much faster than STORE_ALL as on the pipeline on which the paper's is least faster")
  func dedupCheaper() throws {
    let id = "fig11a.dedup-cheaper-than-all"
    #expect(try outcome(id, changed(Made(overheads: ["DEDUP": 1, "STORE_ALL gzip": 1.81]))) == .holds)
    #expect(try outcome(id, changed(["P9_a"], Made(overheads: ["DEDUP": 1, "STORE_ALL gzip": 1.79]))) == .doesNotHold)
  }

  @Test("Adaptive materialization must save on P9 what it saves in the paper; other pipelines do not matter")
  func adaptiveSaves() throws {
    let id = "fig11a.adaptive-saves-on-p9"
    #expect(try outcome(id, changed(["P9_a"], Made(overheads: ["adaptive": 1, "DEDUP": 2.21]))) == .holds)
    #expect(try outcome(id, changed(["P9_a"], Made(overheads: ["adaptive": 1, "DEDUP": 2.19]))) == .doesNotHold)
    #expect(try outcome(id, changed(["P1_a", "P5_a"], Made(overheads: ["adaptive": 1, "DEDUP": 1]))) == .holds)
  }

  @Test("What is not stored has no synced bar, everything else has both, and the key figures have three pipelines each")
  func figure() throws {
    let table = try rows().table
    let chart = try Fig11aFigure.chart(table)
    #expect(chart.panels.count == 3)
    for panel in chart.panels {
      guard case .bars(let policies, let series) = panel.content else { return #expect(Bool(false), "bars") }
      #expect(policies == Self.names && series.count == 3)
      #expect(
        series[0].values.allSatisfy { $0 != nil } && series[1].values.map { $0 == nil } == [true, true] + Array(repeating: false, count: 5))
    }
    let texts = try Fig11aClaims.keyFigures.map { try $0.text(table) }
    #expect(texts[0] == "1.24x, 1.13x, 2.2x" && texts[1] == "2x, 1.8x, 3.43x")
    #expect(texts[3] == "1x, 1x, 1x", "in one transaction")
  }
}
