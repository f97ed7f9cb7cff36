import ExperimentKit

/// How good the planner's choices and predictions were, over every place of a run where reading, re-running and the way it chose were timed:
/// figures 5, 5a and 8.
struct PlanQuality {
  /// The metrics it is made from. All in seconds; medians over the repetitions count.
  enum Metric {
    /// The whole question, t_fetch + t_compute.
    static let read = "readSeconds"
    static let rerun = "rerunSeconds"
    static let chosen = "chosenSeconds"
    /// 1 where the chosen plan reads everything, 0 where it re-runs everything; and the stages that it runs and that a re-run from the input runs.
    static let chosenRead = "chosenRead"
    static let chosenStages = "chosenStages"
    static let stages = "stagesRun"
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
    let fetchedSeconds: Double
    let predictedSeconds: Double
    let plan: Plan

    /// Which of the measured ways the chosen plan is, if it is one of them.
    enum Plan { case read, rerun, another }

    /// What the chosen plan takes, by the better of two measurements where it is one of the other ways.
    var planSeconds: Double {
      switch plan {
      case .read: min(chosenSeconds, readSeconds)
      case .rerun: min(chosenSeconds, rerunSeconds)
      case .another: chosenSeconds
      }
    }

    var fastestSeconds: Double { min(readSeconds, rerunSeconds) }
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
        fetchedSeconds: try table.median(Metric.fetched, where: parameters),
        predictedSeconds: try table.median(Metric.predicted, where: parameters), plan: try Self.plan(table, parameters))
    }
  }

  private static func plan(_ table: MeasurementTable, _ place: MeasurementTable.Parameters) throws -> Question.Plan {
    let read = try table.median(Metric.chosenRead, where: place)
    if read == 1 { return .read }
    let isFromInput = try table.median(Metric.chosenStages, where: place) == table.median(Metric.stages, where: place)
    return read == 0 && isFromInput ? .rerun : .another
  }

  static func isWithin2x(_ predicted: Double, of measured: Double) -> Bool { predicted >= measured / 2 && predicted <= 2 * measured }

  private var fastestSeconds: Double { questions.reduce(0) { $0 + $1.fastestSeconds } }

  /// The time of all chosen plans over that of the faster of reading and re-running, question by question. 1 of a perfect planner, below 1 where the
  /// planner finds a third way that is faster than both.
  var regret: Double { questions.reduce(0) { $0 + $1.planSeconds } / fastestSeconds }
  /// The same of a system that always reads.
  var regretOfReading: Double { questions.reduce(0) { $0 + $1.readSeconds } / fastestSeconds }
  /// The same of a system that always re-runs.
  var regretOfRerunning: Double { questions.reduce(0) { $0 + $1.rerunSeconds } / fastestSeconds }
  /// The share of questions whose chosen plan took between half and twice its prediction.
  var predictedShare: Double { Double(questions.count(where: \.isPredicted)) / Double(questions.count) }

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

  static let gates = [Gate(Metric.regret, .reported), Gate(Metric.within2x, .reported)]
}
