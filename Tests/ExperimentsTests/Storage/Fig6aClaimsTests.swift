import ExperimentKit
import Testing

@testable import experiments

/// The statements of figure 6a over rows that nobody measured: each must hold where it should, and fail where it should.
@Suite struct Fig6aClaimsTests {
  private typealias Figure6a = Fig6aZillowStorage

  /// Bytes of a policy after 1, 10 and 50 pipelines, and the chunks of the last.
  private struct Made {
    var bytes: [Double]
    var chunks = 900.0
  }

  /// MB that make every statement hold, unless `changed` says otherwise for a policy and a form of predictions.
  private func rows(_ changed: [String: Made] = [:]) throws -> MadeUpRows {
    let good = [
      Figure6a.gzip: Made(bytes: [300, 3_000, 22_400]), Figure6a.storeAll: Made(bytes: [200, 2_000, 15_000]),
      Figure6a.dedup: Made(bytes: [50, 80, 200]), Figure6a.derived: Made(bytes: [50, 70, 100]),
    ]
    var rows = try MadeUpRows(Figure6a.parameters)
    for predictions in Figure6a.PredictionForm.allCases {
      for policy in Figure6a.policies {
        let made = changed["\(policy.name), \(predictions.rawValue)"] ?? good[policy.name]!
        for (models, bytes) in zip([1, 10, 50], made.bytes) {
          let place: MeasurementTable.Parameters = [
            "workload": Figure6a.workload, "policy": policy.name, "predictions": predictions.rawValue, "models": models,
          ]
          try rows.add(StoredBytes.metric, [bytes * 1e6], at: place)
          try rows.add("chunks", [made.chunks], at: place)
          try rows.add("transformerBytes", [1e6], at: place)
        }
      }
    }
    return rows
  }

  /// A system that stores nothing whatever the policy: its catalogue is all there is.
  private func nothingStored() throws -> MadeUpRows {
    let nothing = Made(bytes: [0.05, 0.06, 0.2], chunks: 0)
    return try rows(
      Dictionary(
        uniqueKeysWithValues: Figure6a.PredictionForm.allCases.flatMap { predictions in
          Figure6a.policies.map { ("\($0.name), \(predictions.rawValue)", nothing) }
        }))
  }

  private func outcome(_ id: String, _ rows: MadeUpRows, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    try rows.judge(Fig6aClaims.all, id, at: scale).outcome
  }

  @Test("Every statement holds of a store as small as the paper's, and none of one that stores nothing")
  func goodAndTrivial() throws {
    let (good, trivial) = (try rows(), try nothingStored())
    for claim in Fig6aClaims.all {
      #expect(try outcome(claim.id, good) == .holds, "\(claim.id)")
      #expect(try outcome(claim.id, trivial) == .doesNotHold, "\(claim.id)")
    }
  }

  @Test("Of a store without rows nothing can be said")
  func absent() throws {
    let none = try MadeUpRows(Figure6a.parameters)
    for claim in Fig6aClaims.all { #expect(try outcome(claim.id, none) == .error, "\(claim.id)") }
  }

  @Test("DEDUP that is larger than STORE_ALL in one of the four cases is not smaller, nor is one that has dropped chunks")
  func notLarger() throws {
    let id = "fig6a.dedup-not-larger"
    for policy in [Figure6a.dedup, Figure6a.derived] {
      for predictions in ["unrounded", "rounded"] {
        let series = "\(policy), \(predictions)"
        #expect(try outcome(id, rows([series: Made(bytes: [200, 2_000, 15_001])])) == .doesNotHold, "\(series)")
        #expect(try outcome(id, rows([series: Made(bytes: [50, 60, 70], chunks: 899)])) == .doesNotHold, "\(series)")
        // A page of SQLite more.
        #expect(try outcome(id, rows([series: Made(bytes: [200, 2_000, 15_000.008])])) == .holds, "\(series)")
      }
    }
  }

  @Test("The paper's two factors are judged of its own case: unrounded, nothing derived, against gzip")
  func factors() throws {
    let (text, plot) = ("fig6a.dedup-collapses-pipelines", "fig6a.dedup-as-plotted")
    let papers = "\(Figure6a.dedup), unrounded"
    // 22,400 / 209 = 107; 22,400 / 700 = 32.
    for (bytes, expected) in [(204.0, [true, true]), (209, [false, true]), (700, [false, true]), (710, [false, false])] {
      let rows = try rows([papers: Made(bytes: [50, 150, bytes])])
      for (id, holds) in zip([text, plot], expected) {
        #expect(try outcome(id, rows) == (holds ? .holds : .doesNotHold), "\(id) at \(bytes) MB")
      }
    }
    // The other cases are shown and not judged.
    let others = try rows([
      "\(Figure6a.derived), rounded": Made(bytes: [1_000, 2_000, 9_000]),
      "\(Figure6a.derived), unrounded": Made(bytes: [1_000, 2_000, 9_000]),
      "\(Figure6a.dedup), rounded": Made(bytes: [1_000, 2_000, 9_000]),
    ])
    #expect(try outcome(text, others) == .holds)
    let result = try others.judge(Fig6aClaims.all, text)
    #expect(result.numbers.map { ($0.value * 100).rounded() / 100 } == [112, 2.49, 2.49, 2.49, 109.66, 31.69])
    for id in [text, plot] { #expect(try outcome(id, rows(), at: .smoke) == .notApplicable) }
  }

  @Test("DEDUP must grow less than STORE_ALL, and no more than in the paper's plot")
  func growth() throws {
    let id = "fig6a.dedup-grows-less"
    let papers = "\(Figure6a.dedup), unrounded"
    #expect(try outcome(id, rows([papers: Made(bytes: [10, 20, 94])])) == .holds)  // 4.7 times, 4.72 in the plot
    #expect(try outcome(id, rows([papers: Made(bytes: [10, 20, 95])])) == .doesNotHold)
    #expect(try outcome(id, rows([papers: Made(bytes: [10, 20, 94], chunks: 0)])) == .doesNotHold)
    let flat = "\(Figure6a.gzip), unrounded"
    #expect(try outcome(id, rows([papers: Made(bytes: [10, 20, 94]), flat: Made(bytes: [10, 20, 94])])) == .doesNotHold)
    #expect(try outcome(id, rows(), at: .smoke) == .holds)
  }

  @Test("Key figures name their case, and the pictures show eight series beside the paper's")
  func figures() throws {
    let table = try rows().table
    let texts = try Fig6aClaims.keyFigures.map { "\($0.label): \(try $0.text(table))" }
    #expect(texts[0] == "Zillow, rounded, derived, against gzip (paper 110x, in its plot 32x): 224x")
    #expect(texts[1] == "Zillow, unrounded, the paper's DEDUP, against gzip: 112x")
    #expect(texts[3].hasSuffix(": 75x; 150x"))
    #expect(texts[5].hasSuffix(": 2.50; 1.43"))
    guard case .bars(let categories, let series) = try Fig6aFigures.bars(table).panels[0].content else {
      return #expect(Bool(false), "bars")
    }
    #expect(categories.count == 4 && series.map(\.name) == ["unrounded", "rounded", "paper"])
    #expect(series.dropLast().allSatisfy { $0.values.allSatisfy { $0 != nil } } && series[2].values == [67e9, nil, 0.611e9, nil])
  }

  @Test("The cumulative picture needs every pipeline, and puts the paper's growth beside ours")
  func cumulative() throws {
    var all = try MadeUpRows(Figure6a.parameters)
    for predictions in Figure6a.PredictionForm.allCases {
      for policy in Figure6a.policies {
        for models in 1...12 {
          try all.add(
            StoredBytes.metric, [Double(models) * 1e6],
            at: ["workload": Figure6a.workload, "policy": policy.name, "predictions": predictions.rawValue, "models": models])
        }
      }
    }
    let panels = try Fig6aFigures.cumulative(all.table).panels
    guard case .lines(let stored) = panels[0].content, case .lines(let growth) = panels[2].content else {
      return #expect(Bool(false), "lines")
    }
    #expect(stored.map(\.name) == Figure6a.policies.map(\.name) && stored.allSatisfy { $0.points.count == 12 })
    #expect(growth.count == 5 && growth.dropLast().allSatisfy { $0.points[9].y == 1 && $0.points[11].y == 1.2 })
    #expect(growth[4].points.map(\.x) == [1, 10, 50] && growth[4].points[1].y == 1 && abs(growth[4].points[2].y - 4.72) < 0.01)
    #expect(throws: MeasurementError.self) { try Fig6aFigures.cumulative(rows().table) }
  }
}
