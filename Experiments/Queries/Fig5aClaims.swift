import ExperimentKit

/// The paper's statements about the query times of pipelines, over the rows, and their figure.
enum Fig5aClaims {
  private static let target = PipelineQueries.target

  static let all = [
    Claim(
      "fig5a.few-columns-99x",
      "Reading few columns, warm or cold, is at least 99 times as fast as re-running, the least of the paper's four: POINTQ, TOPK, COL_DIFF, COL_DIST",
      source: "section 8.1, figure 5a: 99, 160, 249 and 394 times", scales: [.small, .paper],
      judge: { try atLeast(99, ["POINTQ", "TOPK", "COL_DIFF", "COL_DIST"], $0) }),
    Claim(
      "fig5a.never-slower", "Reading, warm or cold, is faster than re-running, whatever the query",
      source: "section 8.1, figure 5a: 0.14 to 12 s against 14 to 97 s",
      scales: scalesOfTimes,
      judge: { table in
        let ratios = try QueryClaims.speedUpsWarmAndCold(table, target, queries)
        return ClaimVerdict(holds: ratios.allSatisfy { $0.value > 1 }, evidence: ratios)
      }),
    Claim(
      "fig5a.speed-up", "Reading a pipeline's intermediates, warm or cold, is 2.5 to 390 times as fast as re-running it, or more",
      source: "section 8.1, figure 5a", scales: scalesOfTimes, judge: { try atLeast(2.5, queries, $0) }),
    QueryClaims.pointIsQuick("fig5a"),
    PlanQuality.predictionClaim("fig5a"),
    PlanQuality.askingClaim("fig5a"),
  ]

  /// At scale smoke a question takes microseconds, and which way is faster is chance.
  private static let scalesOfTimes: Set<Scale> = [.ci, .small, .paper]

  private static let queries = ["POINTQ", "TOPK", "COL_DIFF", "COL_DIST", "KNN", "ROW_DIFF", "CORR", "VIS"]

  /// Of a question that gains less the remark says what bounds it: computing takes the same time whatever way the columns were fetched.
  private static func atLeast(_ factor: Double, _ queries: [String], _ table: MeasurementTable) throws -> ClaimVerdict {
    let all = try QueryClaims.speedUpsWarmAndCold(table, target, queries)
    let (warm, cold) = (all[..<queries.count], all[queries.count...])
    let rerun = try QueryClaims.rerun(table)
    func seconds(_ metric: String, _ query: String) throws -> Double { try QueryClaims.median(table, metric, target, query) }
    let short = try zip(queries, warm).filter { $1.value < factor }.map { query, ratio in
      let (computing, reading) = (try seconds("computeSeconds", query), try seconds(PlanQuality.Metric.read, query))
      let (again, name) = (try seconds(rerun, query), "\(query) (\(Quantity.ratio(ratio.value)))")
      guard again / computing >= factor else {
        return
          "\(name): computing is \(Quantity.percent(computing / reading)) of its read, so that no store could gain more than "
          + Quantity.ratio(again / computing)
      }
      return
        "\(name): of its read of \(Quantity.seconds(reading)) computing is \(Quantity.seconds(computing)); re-running takes \(Quantity.seconds(again)), in the paper "
        + Quantity.seconds(paper[query]!.rerun)
    }
    // Decoding and computing are the same, warm and cold: what a cold question takes beyond a warm one is opening files and the disk.
    let shortCold = try zip(queries, cold).filter { $1.value < factor }.map { query, ratio in
      let (cold, warm) = (try seconds("readColdSeconds", query), try seconds(PlanQuality.Metric.read, query))
      return
        "cold \(query) (\(Quantity.ratio(ratio.value))): \(Quantity.seconds(cold)), \(Quantity.seconds(warm)) of which it takes warm; the rest is opening a store and its files and reading from the disk"
    }
    let below = short + shortCold
    return ClaimVerdict(
      holds: below.isEmpty, evidence: all
    ).because("Below \(Quantity.plain(factor)): \(below.joined(separator: "; ")).")
  }

  static let keyFigures =
    [KeyFigure("pipeline speed-up, warm, with the model in memory") { try QueryClaims.range($0, target) }] + QueryClaims.planFigures

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
        QueryPanel.note(
          rerun: "with the model still in memory"
            + (try QueryClaims.hasLoading(table) ? "; beside it one that loads what was fitted, as the paper's do" : "")),
        "Hatched: the paper's own times (figure 5a), over the Kaggle tables of 2,985,217 homes, on another machine.",
      ], columns: 1)
  }
}
