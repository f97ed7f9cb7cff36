import ExperimentKit

/// The paper's statements about the query times of pipelines, over the rows, and their figure.
enum Fig5aClaims {
  private static let target = PipelineQueries.target

  static let all = [
    QueryClaims.readEqualsRerun("fig5a"),
    Claim(
      "fig5a.few-columns-100x", "Reading few columns is at least 100 times as fast as re-running: POINTQ, TOPK, COL_DIST",
      source: "section 8.1, figure 5a: 99, 160 and 394 times", scales: [.small, .paper],
      judge: { table in
        let ratios = try QueryClaims.speedUps(table, target, ["POINTQ", "TOPK", "COL_DIST"])
        return ClaimVerdict(holds: ratios.allSatisfy { $0.value >= 100 }, evidence: ratios)
      }),
    Claim(
      "fig5a.never-slower", "Reading is never slower than re-running, whatever the query", source: "section 8.1, figure 5a",
      judge: { table in
        let ratios = try QueryClaims.speedUps(table, target, try QueryClaims.queries(table, of: target))
        return ClaimVerdict(holds: ratios.allSatisfy { $0.value >= 1 }, evidence: ratios)
      }),
    Claim(
      "fig5a.speed-up", "Reading a pipeline's intermediates is 2.5 to 390 times as fast as re-running it, or more",
      source: "section 8.1, figure 5a",
      judge: { table in
        let ratios = try QueryClaims.speedUps(table, target, try QueryClaims.queries(table, of: target))
        let short = ratios.filter { $0.value < 2.5 }
        let remark = "Below 2.5: " + short.map { "\($0.name) (\(Quantity.ratio($0.value)))" }.joined(separator: ", ") + "."
        return ClaimVerdict(holds: short.isEmpty, evidence: ratios, remark: short.isEmpty ? nil : remark)
      }),
    QueryClaims.planIsFaster("fig5a"),
    PlanQuality.regretClaim("fig5a", excludesReading: false),
    PlanQuality.predictionClaim("fig5a"),
  ]

  static let keyFigures = [KeyFigure("pipeline speed-up") { try QueryClaims.range($0, target) }]

  /// Seconds read off the paper's figure 5a: re-run, read, over the Kaggle tables.
  private static let paper: QueryPanel.PaperTimes = [
    "POINTQ": (14.1, 0.143), "TOPK": (67, 0.42), "COL_DIFF": (97, 0.39), "COL_DIST": (67, 0.17), "KNN": (58, 7.5), "ROW_DIFF": (37, 12),
    "CORR": (56, 11.4), "VIS": (16.4, 6.4),
  ]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    Chart(
      title: "Query time on Zillow pipelines: re-running against reading",
      panels: [try QueryPanel.panel(table, target, title: "", paper: paper)],
      notes: [
        QueryPanel.note,
        "Hatched: the paper's own times (figure 5a), over the Kaggle tables of 2,985,217 homes, on another machine.",
      ], columns: 1)
  }
}
