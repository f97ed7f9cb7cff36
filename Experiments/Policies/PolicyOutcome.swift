import ExperimentKit

/// What a policy came to, over all intermediates, from the rows of a run.
struct PolicyOutcome {
  let name: String
  let isLossy: Bool
  let hasRungs: Bool
  let storedBytes: Double
  /// Of the values as they are.
  let rawBytes: Double
  let overhead: Double
  /// The mean over the intermediates; nil where none has neighbours to be kept.
  let neighbours: Double?
  /// The intermediate that keeps the fewest.
  let worst: (intermediate: String, neighbours: Double)?
  /// The mean over the intermediates that have one.
  let similarity: Double?
  /// Means and greatest, in standard deviations.
  let meanError: Double
  let greatestError: Double
  /// Values that are NaN or infinite before or after, and not the same at both times.
  let lostValues: Int
  /// By question: all intermediates together, medians.
  let readSeconds: [PolicyQuestion: Double]

  /// How many times smaller than the values as they are.
  var ratio: Double { rawBytes / storedBytes }

  init(_ policy: PolicyCandidate, _ table: MeasurementTable) throws {
    name = policy.name
    (isLossy, hasRungs) = (policy.isLossy, policy.hasRungs)
    let everything: MeasurementTable.Parameters = ["policy": policy.name, "intermediate": PolicyMeasurement.all]
    storedBytes = try table.value("storedBytes", where: everything)
    rawBytes = try table.value("rawBytes")
    overhead = try table.value("overhead", where: everything)
    func values(_ metric: String) throws -> [(intermediate: String, value: Double)] {
      let found = try table.filter(metric, where: ["policy": policy.name])
      let names = try found.values(of: "intermediate")
      return try names.map { ($0, try table.value(metric, where: ["policy": policy.name, "intermediate": $0])) }
    }
    func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
    let kept = try values("neighboursKept")
    neighbours = mean(kept.map(\.value))
    worst = kept.min { $0.value < $1.value }.map { ($0.intermediate, $0.value) }
    similarity = mean(try values("similarity").map(\.value))
    meanError = mean(try values("meanErrorShare").map(\.value)) ?? 0
    greatestError = try values("greatestErrorShare").map(\.value).max() ?? 0
    lostValues = Int(try values("lostValues").reduce(0) { $0 + $1.value })
    readSeconds = Dictionary(
      uniqueKeysWithValues: try PolicyQuestion.allCases.map { question in
        let place: MeasurementTable.Parameters = ["policy": policy.name, "question": question.rawValue]
        let names = try table.filter("readSeconds", where: place).values(of: "intermediate")
        let seconds = try names.map { try table.median("readSeconds", where: place.merging(["intermediate": $0]) { $1 }) }
        return (question, seconds.reduce(0, +))
      })
  }

  /// Of every policy that was measured, in the order of the candidates.
  static func all(_ table: MeasurementTable) throws -> [PolicyOutcome] {
    let measured = Set(try table.filter("storedBytes").values(of: "policy"))
    return try PolicyCandidate.all.filter { measured.contains($0.name) }.map { try PolicyOutcome($0, table) }
  }

  /// The schemes that were left out, by the reason, a sentence.
  static func skipped(_ table: MeasurementTable) throws -> [(reason: String, names: [String])] {
    let measured = Set(try table.filter("storedBytes").values(of: "policy"))
    var skipped: [(reason: String, names: [String])] = []
    for candidate in PolicyCandidate.all where !measured.contains(candidate.name) {
      let reason = candidate.needs.reason ?? "It was not measured."
      if skipped.last?.reason == reason {
        skipped[skipped.count - 1].names.append(candidate.name)
      } else {
        skipped.append((reason, [candidate.name]))
      }
    }
    return skipped
  }
}
