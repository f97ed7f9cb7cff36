import ExperimentKit
import Testing

@testable import experiments

@Suite struct Fig5ClaimsTests {
  /// Every question of every scheme. Re-running takes a tenth of a second for each layer, and reading so much less as `speedUps` says; with gzip,
  /// reading whole layers takes a second.
  private func rows(
    speedUps: [Int: Double] = [21: 100, 11: 10, 1: 3], cold: Double = 1, gzipRerun: Double = 0.5, gzipChosen: Double = 0.5,
    computing: Double = 0,
    perLayer: Double = 0.1
  ) throws -> MadeUpRows {
    var rows = try MadeUpRows(Fig5QueryTime.parameters)
    let names = ["POINTQ", "TOPK", "COL_DIFF", "COL_DIST", "KNN", "ROW_DIFF", "SVCCA", "VIS"]
    for queried in QueriedScheme.all {
      let scheme = queried.scheme.name
      for layer in queried.layers {
        for name in names where queried.isWhole || name != "SVCCA" {
          let place: MeasurementTable.Parameters = ["scheme": scheme, "target": "layer \(layer)", "query": name]
          let rerun = perLayer > 0 ? perLayer * Double(layer) : 1 + perLayer * Double(layer)
          if scheme == NamedScheme.fullGzip.name {
            let chosen = ["VIS", "KNN"].contains(name) ? gzipChosen : 0.1
            try rows.addQuestion(read: name == "VIS" || name == "KNN" ? 1 : 0.1, rerun: gzipRerun, chosen: chosen, at: place)
          } else {
            try rows.addQuestion(
              read: rerun / speedUps[layer]!, cold: cold * rerun / speedUps[layer]!, rerun: rerun, chosen: rerun / speedUps[layer]!,
              at: place)
          }
          try rows.add("computeSeconds", [computing], at: place)
        }
      }
      try rows.addCount("images", 800, at: ["scheme": scheme, "target": "all", "query": "all"])
    }
    return rows
  }

  private func outcome(_ rows: MadeUpRows, _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.outcome(of: Fig5Claims.all, id, at: scale)
  }

  @Test("The paper's speed-ups of layers 21 and 11 hold from 60 and 2 times on")
  func speedUps() throws {
    let rows = try rows()
    #expect(try outcome(rows, "fig5.last-layer-60x") == .holds && outcome(rows, "fig5.middle-layer-2x") == .holds)
    let slower = try self.rows(speedUps: [21: 59, 11: 1.9, 1: 3])
    #expect(try outcome(slower, "fig5.last-layer-60x") == .doesNotHold && outcome(slower, "fig5.middle-layer-2x") == .doesNotHold)
    #expect(try outcome(slower, "fig5.last-layer-60x", at: .smoke) == .notApplicable)
    let cold = try self.rows(cold: 2)
    #expect(try outcome(cold, "fig5.last-layer-60x") == .doesNotHold && outcome(cold, "fig5.middle-layer-2x") == .holds)
  }

  @Test("The planner's claims hold where it chooses the faster way and predicts it")
  func planner() throws {
    for id in ["plan-is-faster", "plan_regret", "predictions_within_2x"] { #expect(try outcome(rows(), "fig5.\(id)") == .holds, "\(id)") }
  }

  @Test("A system that can only read has a speed-up of 1, and fails")
  func alwaysReading() throws {
    let trivial = try rows(speedUps: [21: 1, 11: 1, 1: 1], gzipRerun: 1, gzipChosen: 1)
    for id in [
      "last-layer-60x", "middle-layer-2x", "first-layer-rerun", "first-layer-rerun-gzip", "first-layer-rerun-pool2-gzip",
      "rerun-taken-where-faster", "plan_regret", "plan-is-faster",
    ] {
      #expect(try outcome(trivial, "fig5.\(id)") == .doesNotHold, "\(id)")
    }
  }

  @Test("At layer 1 re-running must be faster and be chosen, under pool(2) and with gzip")
  func firstLayer() throws {
    let rows = try rows()
    #expect(try outcome(rows, "fig5.first-layer-rerun") == .doesNotHold)
    #expect(try outcome(rows, "fig5.first-layer-rerun-gzip") == .holds && outcome(rows, "fig5.rerun-taken-where-faster") == .holds)
    #expect(try outcome(rows, "fig5.first-layer-rerun-pool2-gzip") == .doesNotHold)
    // Faster, but the planner read.
    let misplanned = try self.rows(speedUps: [21: 100, 11: 10, 1: 0.5], gzipChosen: 1)
    #expect(try outcome(misplanned, "fig5.first-layer-rerun") == .doesNotHold)
    #expect(try outcome(misplanned, "fig5.first-layer-rerun-gzip") == .doesNotHold)
    #expect(try outcome(misplanned, "fig5.rerun-taken-where-faster") == .doesNotHold)
  }

  @Test("The cost of re-running must grow with the layer")
  func depth() throws {
    #expect(try outcome(rows(), "fig5.rerun-grows-with-depth") == .holds)
    #expect(try outcome(rows(perLayer: -0.04), "fig5.rerun-grows-with-depth") == .doesNotHold)
  }

  @Test("Computing is 99 % of SVCCA's time where it is, and only judged where there are many images")
  func computing() throws {
    #expect(try outcome(rows(computing: 100), "fig5.svcca-computing") == .holds)
    #expect(try outcome(rows(computing: 1), "fig5.svcca-computing") == .doesNotHold)
    #expect(try outcome(rows(computing: 1), "fig5.svcca-computing", at: .ci) == .notApplicable)
  }
}
