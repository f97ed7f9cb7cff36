import Testing

@testable import ExperimentKit
@testable import experiments

/// The gates that experiments declare, not ones that were made for a test.
@Suite struct CatalogueGatesTests {
  private func gates() throws -> [String: [Gate]] {
    let experiments = try Catalogue.laboratory(Settings(option: nil, environment: [:])).experiments
    return Dictionary(uniqueKeysWithValues: experiments.map { ($0.name, $0.outcome.gates) })
  }

  private func judge(_ gate: Gate, _ before: Double, _ now: Double) -> Comparison.Judgement {
    gate.judge(baseline: .real(before), run: [.real(now)])
  }

  @Test("Three percent more bytes are a regression in every experiment that stores")
  func bytes() throws {
    let all = try gates()
    for name in ["fig6a-zillow-storage", "fig6b-dnn-storage", "fig11a-logging-overhead", "fig11b-logging-overhead"] {
      let gate = try #require(all[name]?.first { ["storedBytes", "partitionBytes"].contains($0.metric) }, "\(name)")
      #expect(judge(gate, 1_000, 1_030) == .regression && judge(gate, 1_000, 1_001) != .regression, "\(name)")
    }
  }

  @Test("A halved speed-up and another plan are regressions in the figures of queries; a plan that is open may go either way")
  func speedUps() throws {
    let all = try gates()
    for name in ["fig5-query-time", "fig5a-zillow-queries"] {
      let gate = try #require(all[name]?.first { $0.metric == "speedUp" }, "\(name)")
      #expect(judge(gate, 10, 5) == .regression && judge(gate, 10, 7) == .same, "\(name)")
    }
    for name in ["fig5-query-time", "fig5a-zillow-queries", "fig8-read-vs-rerun"] {
      let gate = try #require(all[name]?.first { $0.metric == PlanQuality.Metric.decision }, "\(name)")
      #expect(judge(gate, 1, 0) == .regression && judge(gate, 0, 1) == .regression, "\(name)")
      #expect(judge(gate, 1, 1) == .same && judge(gate, 1, Double(Gate.open)) == .same && judge(gate, Double(Gate.open), 0) == .same)
    }
  }
}
