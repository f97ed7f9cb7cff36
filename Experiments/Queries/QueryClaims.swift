import ExperimentKit

/// What both halves of figure 5 state and read from their rows.
enum QueryClaims {
  /// What was queried; rows about the whole run are of no target.
  static func targets(_ table: MeasurementTable) throws -> [String] { try table.filter("readSeconds").values(of: "target") }

  /// - Parameter settings: here and below, values of parameters that the experiment has beside target and query.
  static func queries(_ table: MeasurementTable, of target: String, _ settings: [String: String] = [:]) throws -> [String] {
    try table.filter("readSeconds").values(of: "query", where: settings.merging(["target": target]) { first, _ in first })
  }

  static func median(
    _ table: MeasurementTable, _ metric: String, _ target: String, _ query: String, _ settings: [String: String] = [:]
  ) throws -> Double {
    try table.median(metric, where: settings.merging(["target": target, "query": query]) { first, _ in first })
  }

  /// Re-run over warm read of each query, as the numbers behind a verdict.
  static func speedUps(
    _ table: MeasurementTable, _ target: String, _ queries: [String], _ settings: [String: String] = [:]
  ) throws -> [ClaimVerdict.Number] {
    try queries.map { ClaimVerdict.Number(name: "\($0) re-run / read", value: try median(table, "speedUp", target, $0, settings)) }
  }

  static func hasLoading(_ table: MeasurementTable) throws -> Bool { try table.has(QueryMeasurement.rerunLoading) }

  /// The re-run that claims are about: the one that loads the model, where that was measured.
  static func rerun(_ table: MeasurementTable) throws -> String {
    try hasLoading(table) ? QueryMeasurement.rerunLoading : PlanQuality.Metric.rerun
  }

  /// Re-run over warm read of each query and over cold read, as the numbers behind a verdict. The re-run loads the model, as the paper's do, where that was measured.
  static func speedUpsWarmAndCold(
    _ table: MeasurementTable, _ target: String, _ queries: [String], _ settings: [String: String] = [:]
  ) throws -> [ClaimVerdict.Number] {
    let rerun = try rerun(table)
    return try [(PlanQuality.Metric.read, "read"), ("readColdSeconds", "cold read")].flatMap { metric, name in
      try queries.map { query in
        func seconds(_ metric: String) throws -> Double { try median(table, metric, target, query, settings) }
        return ClaimVerdict.Number(
          name: "\(query) re-run / \(name)",
          value: try seconds(rerun) / seconds(metric))
      }
    }
  }

  /// Questions whose plan is not the faster way, though the other would be by more than a tenth and a millisecond: less is noise, and ours to say.
  private static func chosenWrongly(_ quality: PlanQuality) -> [PlanQuality.Question] {
    quality.questions.filter { question in
      question.isRead != (question.readSeconds <= question.rerunSeconds)
        && question.chosenSeconds > max(1.1 * question.fastestSeconds, question.fastestSeconds + 0.001)
    }
  }

  /// A system that always reads fails it where re-running is the faster way of some question, and it must be of some.
  static func planIsFaster(_ experiment: String) -> Claim {
    Claim(
      "\(experiment).plan-is-faster",
      "The chosen plan is the faster way, but for a tenth or a millisecond, and of some questions re-running is the faster",
      source: "section 5.1; the allowance for noise is ours", scales: [.ci, .small, .paper],
      judge: { table in
        let quality = try PlanQuality(table)
        let wrong = chosenWrongly(quality)
        let rerun = quality.questions.filter { !$0.isRead && $0.rerunSeconds < $0.readSeconds }
        return ClaimVerdict(
          holds: wrong.isEmpty && !rerun.isEmpty,
          numbers: [
            "chosen rightly": Double(quality.questions.count - wrong.count), "of": Double(quality.questions.count),
            "re-run, and faster so": Double(rerun.count),
          ], remark: wrong.isEmpty ? nil : wrong.map(\.name).joined(separator: ", "))
      })
  }

  /// What is a measurement and no claim where re-running is never the faster way, so that a system that always reads would do as well.
  static let planFigures = [
    KeyFigure("questions whose chosen plan is the faster way, but for a tenth or a millisecond") { table in
      let quality = try PlanQuality(table)
      return "\(quality.questions.count - chosenWrongly(quality).count) of \(quality.questions.count)"
    },
    KeyFigure("plan regret; of always reading") { table in
      let quality = try PlanQuality(table)
      return "\(Quantity.plain(quality.regret)); \(Quantity.plain(quality.regretOfReading))"
    },
  ]

  /// With the store's own encodings; gzip has to inflate a whole frame for one value.
  static func pointIsQuick(_ experiment: String) -> Claim {
    Claim(
      "\(experiment).pointq-warm", "One value (POINTQ) is answered warm in less than 0.2 ms, read and by the chosen plan",
      source: "beyond the paper", scales: [.small, .paper],
      judge: { table in
        let points = try PlanQuality(table).questions.filter { $0.name.hasSuffix("POINTQ") && !$0.name.contains("gzip") }
        func seconds(_ question: PlanQuality.Question) -> Double { max(question.readSeconds, question.chosenSeconds) }
        let slowest = points.map(seconds).max() ?? .infinity
        let slow = points.filter { seconds($0) >= 0.0002 }.map { "\($0.name) (\(Quantity.seconds(seconds($0))))" }
        return ClaimVerdict(holds: slowest < 0.0002, numbers: ["slowest, ms": slowest * 1e3, "questions": Double(points.count)])
          .because("Slower: \(slow.joined(separator: ", ")).")
      })
  }

  /// From the smallest to the largest speed-up of a target.
  static func range(_ table: MeasurementTable, _ target: String, _ settings: [String: String] = [:]) throws -> String {
    let ratios = try speedUps(table, target, try queries(table, of: target, settings), settings).map(\.value)
    return "\(Quantity.ratio(ratios.min() ?? 0)) to \(Quantity.ratio(ratios.max() ?? 0))"
  }
}
