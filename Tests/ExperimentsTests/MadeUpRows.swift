import ExperimentKit
import Testing

@testable import experiments

/// Rows that nobody measured, for judging claims.
struct MadeUpRows {
  private(set) var table: MeasurementTable

  init(_ parameters: [String]) throws { table = try MeasurementTable(parameters: parameters + [MeasurementTable.repetition]) }

  mutating func add(_ metric: String, _ values: [Double], at place: MeasurementTable.Parameters) throws {
    for (index, value) in values.enumerated() {
      var place = place
      place[MeasurementTable.repetition] = index + 1
      try table.append(metric, value, unit: "1", at: place)
    }
  }

  mutating func addCount(_ metric: String, _ count: Int, at place: MeasurementTable.Parameters) throws {
    try table.append(metric, count, unit: "1", at: place.merging([MeasurementTable.repetition: 1]) { first, _ in first })
  }

  /// A question whose ways took so long, without computing; predicted as it came, and cold as fast as warm, unless said otherwise.
  mutating func addQuestion(
    read: Double, cold: Double? = nil, rerun: Double, chosen: Double, predicted: Double? = nil, isRead: Bool? = nil,
    at place: MeasurementTable.Parameters
  ) throws {
    try add("readSeconds", [read], at: place)
    try add("readColdSeconds", [cold ?? read], at: place)
    try add("rerunSeconds", [rerun], at: place)
    try add("chosenSeconds", [chosen], at: place)
    try add("chosenFetchSeconds", [chosen], at: place)
    try add("predictedSeconds", [predicted ?? chosen], at: place)
    try add("chosenRead", [isRead ?? (chosen == read) ? 1 : 0], at: place)
    try add("chosenStages", [isRead ?? (chosen == read) ? 0 : 2], at: place)
    try add("stagesRun", [2], at: place)
    try add("speedUp", [rerun / read], at: place)
    try add("readFetchSeconds", [read], at: place)
    try add("rerunFetchSeconds", [rerun], at: place)
    try add("predictedReadSeconds", [read], at: place)
    try add("predictedRerunSeconds", [rerun], at: place)
  }

  func judge(_ claims: [Claim], _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult {
    guard let claim = claims.first(where: { $0.id == id }) else { throw MissingClaim(id: id, all: claims.map(\.id)) }
    return claim.result(for: table, at: scale)
  }

  /// What became of a claim; that it could not be judged is an issue of the test.
  func outcome(of claims: [Claim], _ id: String, at scale: ExperimentKit.Scale = .small) throws -> ClaimResult.Outcome {
    let result = try judge(claims, id, at: scale)
    if result.outcome == .error { Issue.record("\(result)") }
    return result.outcome
  }

  struct MissingClaim: Error {
    let id: String
    let all: [String]
  }
}
