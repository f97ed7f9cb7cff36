import ExperimentKit

/// How good the planner's choices and predictions were, over every place of a run where reading, re-running and the way it chose were timed:
/// figures 5, 5a and 8.
struct PlanQuality {
  /// The metrics it is made from. All in seconds; medians over the repetitions count, but for predictions: of them every repetition does.
  enum Metric {
    /// The whole question, t_fetch + t_compute.
    static let read = "readSeconds"
    static let rerun = "rerunSeconds"
    static let chosen = "chosenSeconds"
    /// 1 where the chosen plan reads everything, 0 where it re-runs everything.
    static let chosenRead = "chosenRead"
    /// The same where one way is predicted to take several times as long as the other, `Gate.open` where it is not, and `Gate.erratic` where the askings
    /// differ all the same: what a baseline holds.
    static let decision = "planDecision"
    /// t_fetch alone of the chosen plan, and what was predicted for it before it ran.
    static let fetched = "chosenFetchSeconds"
    static let predicted = "predictedSeconds"
    /// The rows that it makes.
    static let regret = "plan_regret"
    static let within2x = "predictions_within_2x"
  }

  struct Question {
    let name: String
    let readSeconds: Double
    let rerunSeconds: Double
    let chosenSeconds: Double
    /// Whether the chosen plan reads everything.
    let isRead: Bool
    /// Each asking of the chosen plan: what was predicted before it, and what fetching took.
    let askings: [Asking]

    var fastestSeconds: Double { min(readSeconds, rerunSeconds) }
    /// The medians of all askings, as one.
    var median: Asking {
      Asking(
        predictedSeconds: Timings.median(of: askings.map(\.predictedSeconds)),
        fetchedSeconds: Timings.median(of: askings.map(\.fetchedSeconds)))
    }
  }

  struct Asking {
    let predictedSeconds: Double
    let fetchedSeconds: Double
    var isPredicted: Bool { PlanQuality.isWithin2x(predictedSeconds, of: fetchedSeconds) }
  }

  let questions: [Question]

  /// Throws: `MeasurementError` when a place where a plan was chosen lacks one of the other metrics.
  init(_ table: MeasurementTable) throws {
    let chosen = try table.filter(Metric.chosen)
    let names = table.parameters.filter { $0 != MeasurementTable.repetition }
    var seen: Set<[String]> = []
    questions = try chosen.rows.compactMap { row in
      let place = Array(row.coordinates.prefix(names.count))
      guard seen.insert(place).inserted else { return nil }
      let parameters: MeasurementTable.Parameters = Dictionary(uniqueKeysWithValues: zip(names, place))
      return Question(
        name: place.joined(separator: " "), readSeconds: try table.median(Metric.read, where: parameters),
        rerunSeconds: try table.median(Metric.rerun, where: parameters), chosenSeconds: try table.median(Metric.chosen, where: parameters),
        isRead: try table.median(Metric.chosenRead, where: parameters) == 1, askings: try Self.askings(table, parameters))
    }
  }

  private static func askings(_ table: MeasurementTable, _ place: MeasurementTable.Parameters) throws -> [Asking] {
    let (predicted, fetched) = (try table.repetitions(Metric.predicted, where: place), try table.repetitions(Metric.fetched, where: place))
    guard predicted.count == fetched.count else {
      throw UnpredictedPlan(intermediate: "\(fetched.count - predicted.count) askings of \(place)")
    }
    return zip(predicted, fetched).map { Asking(predictedSeconds: $0.double, fetchedSeconds: $1.double) }
  }

  /// One way must be predicted to take so many times as long as the other for the choice to be clear on any machine.
  private static let clear = 4.0
  /// So many of the askings make a choice: one of five may meet a disturbed prediction.
  private static let agreeing = 0.8

  /// What every asking chose: 1 for reading, 0 for re-running; `Gate.open` where the ways are predicted to take about the same, `Gate.erratic` where they are not
  /// and more than a fifth of the askings chose otherwise, or a prediction is missing.
  ///
  /// An answer from several intermediates may read some and re-run others. Where that is predicted to take at most a quarter more, it is the same choice as the
  /// faster way.
  static func decision(_ plans: [[PlannedFetch]]) -> Int {
    let ratios = plans.compactMap { fetches -> Double? in
      let (reads, reruns) = (fetches.compactMap(\.predictedReadSeconds), fetches.compactMap(\.predictedRerunSeconds))
      guard reads.count == fetches.count, reruns.count == fetches.count else { return nil }
      return reruns.reduce(0, +) / reads.reduce(0, +)
    }
    guard !ratios.isEmpty, ratios.count == plans.count else { return Gate.erratic }
    let ratio = Timings.median(of: ratios)
    guard ratio >= clear || ratio <= 1 / clear else { return Gate.open }
    let reading = ratio > 1
    let most = agreeing * Double(plans.count)
    if Double(plans.count { isAll($0, reading: reading) || isAsFast($0, asReading: reading) }) >= most { return reading ? 1 : 0 }
    return Double(plans.count { isAll($0, reading: !reading) }) >= most ? (reading ? 0 : 1) : Gate.erratic
  }

  /// Whether the fetches of one asking read everything, or nothing.
  private static func isAll(_ fetches: [PlannedFetch], reading: Bool) -> Bool {
    fetches.allSatisfy { $0.readIntermediates == (reading ? $0.intermediates : 0) }
  }

  /// Whether one asking that reads some of what it needs is predicted to take at most a quarter more than reading everything, or nothing.
  private static func isAsFast(_ fetches: [PlannedFetch], asReading reading: Bool) -> Bool {
    guard !isAll(fetches, reading: true), !isAll(fetches, reading: false) else { return false }
    let whole = fetches.reduce(0) { $0 + ((reading ? $1.predictedReadSeconds : $1.predictedRerunSeconds) ?? 0) }
    return fetches.reduce(0) { $0 + $1.predictedSeconds } <= whole * 1.25
  }

  static func isWithin2x(_ predicted: Double, of measured: Double) -> Bool { predicted >= measured / 2 && predicted <= 2 * measured }

  private var fastestSeconds: Double { questions.reduce(0) { $0 + $1.fastestSeconds } }

  /// The time of all chosen plans, planning included, over that of the faster of reading and re-running, question by question. 1 of a perfect planner that
  /// takes no time, below 1 where the planner finds a third way that is faster than both.
  var regret: Double { questions.reduce(0) { $0 + $1.chosenSeconds } / fastestSeconds }
  /// The same of a system that always reads.
  var regretOfReading: Double { questions.reduce(0) { $0 + $1.readSeconds } / fastestSeconds }
  /// The same of a system that always re-runs.
  var regretOfRerunning: Double { questions.reduce(0) { $0 + $1.rerunSeconds } / fastestSeconds }
  /// The share of questions whose chosen plan took between half and twice its prediction, by medians.
  var predictedQuestions: Double { Self.share(questions.map(\.median)) }
  /// The share of askings whose chosen plan took between half and twice its prediction.
  var predictedShare: Double { Self.share(questions.flatMap(\.askings)) }
  /// The same of the first asking of each question alone: the cost model has seen others, and this one read and re-run, but not what it takes by now.
  var firstPredictedShare: Double { Self.share(questions.compactMap(\.askings.first)) }

  private static func share(_ askings: [Asking]) -> Double { Double(askings.count(where: \.isPredicted)) / Double(askings.count) }

  /// Records the rows about the whole run, where every parameter is "all". After the last question, outside of units.
  static func record(in context: RunContext) throws {
    let table = context.measurements
    let quality = try PlanQuality(table)
    let names = table.parameters.filter { $0 != MeasurementTable.repetition }
    let whole: MeasurementTable.Parameters = Dictionary(uniqueKeysWithValues: names.map { ($0, "all") })
    try context.record(Metric.regret, quality.regret, unit: "1", at: whole)
    try context.record("always_read_regret", quality.regretOfReading, unit: "1", at: whole)
    try context.record("always_rerun_regret", quality.regretOfRerunning, unit: "1", at: whole)
    try context.record(Metric.within2x, quality.predictedShare, unit: "1", at: whole)
    try context.record("plannedQuestions", quality.questions.count, unit: "questions", at: whole)
  }

  static let gates = [Gate(Metric.decision, .choice), Gate(Metric.regret, .reported), Gate(Metric.within2x, .reported)]
}
