import ExperimentKit
import Testing

@testable import experiments

@Suite struct PlanQualityTests {
  private let claims = [
    PlanQuality.regretClaim("f"), PlanQuality.predictionClaim("f"), PlanQuality.askingClaim("f"),
    PlanQuality.rerunTakenClaim("f", source: "a test"),
  ]

  /// Twenty questions that are read faster and one that is re-run faster; `chosen` says what the planner took for the last.
  private func rows(rerunWins: Bool = true, chosen: Double, missed: Int = 0) throws -> MadeUpRows {
    var rows = try MadeUpRows(["query"])
    for place in 0..<20 {
      let predicted = place < missed ? 0.9 : 0.02
      try rows.addQuestion(read: 0.01, rerun: 1, chosen: 0.01, predicted: predicted, at: ["query": "q\(place)"])
    }
    try rows.addQuestion(read: rerunWins ? 2 : 0.5, rerun: 1, chosen: chosen, isRead: chosen == 2, at: ["query": "wide"])
    return rows
  }

  @Test("Regret is the time of the chosen plans over that of the faster ways; below 1 where a third way is faster than both")
  func regret() throws {
    let right = try PlanQuality(rows(chosen: 1).table)
    #expect(right.questions.count == 21 && right.regret == 1)
    #expect(abs(right.regretOfReading - 2.2 / 1.2) < 1e-12 && abs(right.regretOfRerunning - 21 / 1.2) < 1e-12)
    #expect(try PlanQuality(rows(chosen: 0.4).table).regret < 1)
    #expect(try abs(PlanQuality(rows(chosen: 2).table).regret - 2.2 / 1.2) < 1e-12)
  }

  @Test("The claim of the planner's regret holds for a good one, not for a wrong choice, and not where always reading would do as well")
  func regretClaim() throws {
    #expect(try rows(chosen: 1).judge(claims, "f.plan_regret").outcome == .holds)
    #expect(try rows(chosen: 2).judge(claims, "f.plan_regret").outcome == .doesNotHold)
    let trivial = try rows(rerunWins: false, chosen: 0.5).judge(claims, "f.plan_regret")
    #expect(trivial.outcome == .doesNotHold && trivial.remark?.contains("Always reading") == true)
    #expect(try rows(chosen: 2).judge(claims, "f.plan_regret", at: .smoke).outcome == .notApplicable)
  }

  @Test("A system that always reads fails the claim that re-running is taken where it is faster, and so does one for which it never is")
  func rerunTaken() throws {
    #expect(try rows(chosen: 1).judge(claims, "f.rerun-taken-where-faster").outcome == .holds)
    #expect(try rows(chosen: 2).judge(claims, "f.rerun-taken-where-faster").outcome == .doesNotHold)
    #expect(try rows(rerunWins: false, chosen: 0.5).judge(claims, "f.rerun-taken-where-faster").outcome == .doesNotHold)
  }

  @Test("Regret counts what the chosen plan took, not what the same way took when it was asked for")
  func planning() throws {
    var rows = try MadeUpRows(["query"])
    try rows.addQuestion(read: 1, rerun: 3, chosen: 2, isRead: true, at: ["query": "read"])
    try rows.addQuestion(read: 3, rerun: 1, chosen: 2, isRead: false, at: ["query": "re-run"])
    let quality = try PlanQuality(rows.table)
    #expect(quality.regret == 2 && quality.questions.map(\.isRead) == [true, false])
  }

  @Test("A choice is what four of five askings made where one way is clearly faster, open where none is, and erratic otherwise")
  func decisions() {
    func fetch(reading: Int, predicted: Double = 0.01, read: Double? = 0.01, rerun: Double? = 1) -> PlannedFetch {
      PlannedFetch(
        intermediates: 2, readIntermediates: reading, predictedSeconds: predicted, predictedReadSeconds: read, predictedRerunSeconds: rerun,
        stages: 0)
    }
    func decision(_ fetches: PlannedFetch...) -> Int { PlanQuality.decision(fetches.map { [$0] }) }
    let (read, rerun) = (fetch(reading: 2), fetch(reading: 0, predicted: 1))
    #expect(decision(read, read, read) == 1 && decision(read, read, read, read, rerun) == 1)
    #expect(decision(read, read, rerun) == Gate.erratic && decision(rerun, rerun, rerun) == 0)
    // Reading one and re-running the other, which is predicted to take as long: no other choice. Else it is one.
    let (third, slow) = (fetch(reading: 1, predicted: 0.009), fetch(reading: 1, predicted: 0.5))
    #expect(decision(read, third, third) == 1 && decision(third, third) == 1 && decision(read, slow, slow) == Gate.erratic)
    #expect(decision(third, third, third, rerun, rerun) == Gate.erratic && decision(slow, slow) == Gate.erratic)
    #expect(decision(fetch(reading: 1, predicted: 0.012)) == 1 && decision(fetch(reading: 1, predicted: 0.013)) == Gate.erratic)
    // Where re-running is the faster way.
    let (dear, cheap) = (fetch(reading: 2, predicted: 4, read: 4), fetch(reading: 0, predicted: 1, read: 4))
    #expect(decision(cheap, fetch(reading: 1, predicted: 1.1, read: 4)) == 0 && decision(cheap, dear) == Gate.erratic)
    #expect(decision(dear, dear) == 1)
    #expect(decision(fetch(reading: 2, rerun: 0.02), fetch(reading: 0, rerun: 0.02)) == Gate.open)
    #expect(decision(fetch(reading: 2, rerun: nil)) == Gate.erratic && decision() == Gate.erratic)
  }

  @Test("Every asking of a question counts for the predictions, and the first ones are counted apart")
  func askings() throws {
    var rows = try MadeUpRows(["query"])
    for (name, predictions) in [("a", [9.0, 1, 1]), ("b", [1, 1, 9])] {
      let place: MeasurementTable.Parameters = ["query": name]
      for (metric, values) in [
        ("readSeconds", [1.0]), ("rerunSeconds", [1]), ("chosenSeconds", [1]), ("chosenRead", [1]), ("chosenFetchSeconds", [1, 1, 1]),
        ("predictedSeconds", predictions),
      ] { try rows.add(metric, values, at: place) }
    }
    let quality = try PlanQuality(rows.table)
    #expect(quality.predictedShare == 4.0 / 6 && quality.firstPredictedShare == 0.5)
  }

  @Test("One prediction in twenty-one may be off by more than a factor of 2, two may not")
  func predictions() throws {
    #expect(try rows(chosen: 1).judge(claims, "f.predictions_within_2x").outcome == .holds)
    #expect(try rows(chosen: 1, missed: 1).judge(claims, "f.predictions_within_2x").outcome == .holds)
    let two = try rows(chosen: 1, missed: 2).judge(claims, "f.predictions_within_2x")
    #expect(two.outcome == .doesNotHold && two.remark?.contains("q0 (900 ms for 10 ms)") == true)
    #expect(PlanQuality.isWithin2x(2, of: 1) && PlanQuality.isWithin2x(0.5, of: 1))
    #expect(!PlanQuality.isWithin2x(2.01, of: 1) && !PlanQuality.isWithin2x(0.49, of: 1))
  }

  @Test("Of single askings one in twenty-one may be off too, and at scale ci none is judged")
  func askingsPredicted() throws {
    let id = "f.askings_within_2x"
    #expect(try rows(chosen: 1, missed: 1).judge(claims, id).outcome == .holds)
    let two = try rows(chosen: 1, missed: 2).judge(claims, id)
    #expect(two.outcome == .doesNotHold && two.remark?.contains("q1 (900 ms for 10 ms)") == true)
    #expect(try rows(chosen: 1).judge(claims, id, at: .ci).outcome == .notApplicable)
  }

  @Test("A chosen plan without its measurements is an error, not a verdict")
  func missing() throws {
    var rows = try MadeUpRows(["query"])
    try rows.add("chosenSeconds", [1], at: ["query": "q"])
    #expect(try rows.judge(claims, "f.plan_regret").outcome == .error)
  }
}
