import ExperimentKit
import Testing

@testable import experiments

struct RecommendationTests {
  private static let intermediate = "a"

  /// A policy's rows over one intermediate.
  private func add(
    _ rows: inout MadeUpRows, _ policy: String, bytes: Double, kept: Double = 1, similarity: Double = 1, lost: Int = 0, error: Double = 0
  ) throws {
    let all: MeasurementTable.Parameters = ["policy": policy, "intermediate": "all", "question": "none"]
    try rows.add("storedBytes", [bytes], at: all)
    try rows.add("overhead", [2], at: all)
    let one: MeasurementTable.Parameters = ["policy": policy, "intermediate": Self.intermediate, "question": "none"]
    try rows.add("neighboursKept", [kept], at: one)
    try rows.add("similarity", [similarity], at: one)
    try rows.add("meanErrorShare", [error], at: one)
    try rows.add("greatestErrorShare", [error * 4], at: one)
    try rows.addCount("lostValues", lost, at: one)
    for question in PolicyQuestion.allCases {
      try rows.add(
        "readSeconds", [0.5, 0.1, 0.2], at: ["policy": policy, "intermediate": Self.intermediate, "question": question.rawValue])
    }
  }

  private func rows(_ fill: (inout MadeUpRows) throws -> Void) throws -> MeasurementTable {
    var rows = try MadeUpRows(PolicyMeasurement.parameters)
    try rows.add("rawBytes", [14_000], at: ["policy": "raw", "intermediate": "all", "question": "none"])
    try rows.addCount("rows", 100, at: ["policy": "raw", "intermediate": Self.intermediate, "question": "none"])
    try add(&rows, "STORE_ALL", bytes: 9_000)
    try add(&rows, "DEDUP", bytes: 7_000)
    try fill(&rows)
    return rows.table
  }

  private func recommendation(_ fill: (inout MadeUpRows) throws -> Void) throws -> Recommendation {
    Recommendation(try PolicyOutcome.all(try rows(fill)))
  }

  @Test("The scheme with the fewest bytes that keeps enough is recommended, in words with its numbers")
  func fewest() throws {
    let found = try recommendation {
      try add(&$0, "LP", bytes: 3_500, kept: 0.999, error: 0.001)
      try add(&$0, "8BIT", bytes: 1_000, kept: 0.992, error: 0.01)
      try add(&$0, "KBIT(3)", bytes: 400, kept: 0.7)
    }
    #expect(found.headline == "8BIT keeps 99 % of neighbours at a fourteenth of the bytes.")
    #expect(found.sentences[1] == "The intermediate that keeps the fewest is a: 99 %.")
    #expect(found.sentences[2] == "Single values are off by 0.01 standard deviations in the mean and 0.04 at most.")
    #expect(found.sentences[3] == "Bit for bit: DEDUP, at half of the bytes.")
    #expect(found.sentences[4] == "KBIT(3) takes 1/35, but keeps 70 % of neighbours.")
  }

  @Test("A ladder is exact, and recommended beside DEDUP where it saves more than 5 %")
  func ladder() throws {
    for (bytes, expected) in [(6_900.0, "DEDUP"), (6_000, "ladder(0.2 rms)")] {
      let found = try recommendation { try add(&$0, "ladder(0.2 rms)", bytes: bytes) }
      #expect(found.exact.name == expected && found.chosen.name == expected)
    }
  }

  @Test("Of schemes with about the same bytes, the one that keeps more neighbours")
  func nearlyEqual() throws {
    let found = try recommendation {
      try add(&$0, "LP", bytes: 1_040, kept: 0.999)
      try add(&$0, "8BIT", bytes: 1_000, kept: 0.96)
    }
    #expect(found.chosen.name == "LP")
  }

  @Test("What keeps too little, loses values, or saves too little, is not recommended")
  func notNear() throws {
    for (kept, similarity, lost, bytes) in [(0.94, 1.0, 0, 1_000.0), (1, 0.94, 0, 1_000), (1, 1, 3, 1_000), (1, 1, 0, 6_500)] {
      let found = try recommendation { try add(&$0, "8BIT", bytes: bytes, kept: kept, similarity: similarity, lost: lost) }
      #expect(found.chosen.name == "DEDUP" && found.headline == "DEDUP keeps every value at half of the bytes.")
    }
    let found = try recommendation { try add(&$0, "8BIT", bytes: 1_000, kept: 0.6) }
    #expect(
      found.sentences.last == "No scheme that saves a tenth more is near enough: 8BIT takes a fourteenth, and keeps 60 % of neighbours.")
  }

  @Test("A scheme that saves too little does not keep one from being recommended that saves enough, though it keeps more neighbours")
  func saving() throws {
    let found = try recommendation {
      try add(&$0, "LP", bytes: 6_400, kept: 0.999)
      try add(&$0, "8BIT", bytes: 6_290, kept: 0.96)
    }
    #expect(found.chosen.name == "8BIT")
  }

  @Test("Why a smaller scheme is not near enough is said, be it lost values, SVCCA or neighbours")
  func reasons() throws {
    let lost = try recommendation { try add(&$0, "8BIT", bytes: 1_000, lost: 3) }
    #expect(
      lost.sentences.last
        == "No scheme that saves a tenth more is near enough: 8BIT takes a fourteenth, and keeps 100 % of neighbours, loses 3 values.")
    let other = try recommendation {
      try add(&$0, "LP", bytes: 3_500)
      try add(&$0, "8BIT", bytes: 1_000, similarity: 0.5)
    }
    #expect(other.sentences.last == "8BIT takes a fourteenth, but keeps 100 % of neighbours, has an SVCCA of 0.5.")
  }

  @Test("Parts in words are named for the nearest whole number, and in per cent where that is far off")
  func parts() {
    for (ratio, words) in [
      (0.8, "125 %"), (1.5, "66.7 %"), (1.9, "half"), (2.4, "41.7 %"), (3.1, "a third"), (4.4, "a quarter"), (13.6, "a fourteenth"),
      (20, "a twentieth"), (36.7, "1/37"),
    ] { #expect(Recommendation.part(ratio) == words) }
    #expect(Recommendation.share(0.9999) == "99 %" && Recommendation.share(1) == "100 %" && Recommendation.share(0.05) == "5 %")
  }

  @Test("The table fits 100 columns and says what was left out; the chart draws every policy that was measured")
  func text() throws {
    let table = try rows {
      try add(&$0, "LP", bytes: 123_456, kept: 0.999, error: 0.001_234)
      try add(&$0, "THRESHOLD", bytes: 1_234_567_890, kept: 0.1, error: 12.345)
    }
    let text = try PoliciesTable.text(table, baseline: "copying the arrays")
    #expect(
      text.split(separator: "\n").filter { $0.contains("  ") && !$0.contains(":") }.allSatisfy { $0.count <= PoliciesTable.width },
      "\(text)")
    #expect(
      text.contains("logging: over copying the arrays")
        && text.contains(
          "Left out: 8BIT, KBIT(3), BOUND(0.2 rms). No intermediate has floating-point values.\nLeft out: ladder(0.2 rms). No intermediate is a layer"
        )
    )
    let chart = try PoliciesFigure.chart(table)
    #expect(chart.panels.count == 4 && chart.notes.contains { $0.contains("Left out: pool(2), pool(S).") })
    #expect(throws: (any Error).self, "a missing cell is no number") {
      try PoliciesFigure.chart(MeasurementTable(parameters: PolicyMeasurement.parameters + [MeasurementTable.repetition]))
    }
  }
}
