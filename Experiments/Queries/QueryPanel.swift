import ExperimentKit

/// Bars of re-run, cold read, warm read and chosen plan for every query of a target, the paper's own times beside.
enum QueryPanel {
  typealias PaperTimes = [String: (rerun: Double, read: Double)]

  /// - Parameter settings: values of parameters that the experiment has beside target and query.
  static func panel(
    _ table: MeasurementTable, _ target: String, title: String, paper: PaperTimes, settings: [String: String] = [:]
  ) throws -> Panel {
    let queries = try QueryClaims.queries(table, of: target, settings)
    // 1: read, 0: re-run, and between where some intermediates are read and others re-run: then only the chosen plan's own bar shows it.
    let read = try queries.map { try QueryClaims.median(table, "chosenRead", target, $0, settings) }
    func series(_ name: String, _ metric: String, marked: [Bool] = []) throws -> BarSeries {
      let timings = try queries.map { query in
        try table.repetitions(metric, where: settings.merging(["target": target, "query": query]) { first, _ in first }).map(\.double)
      }
      return BarSeries(
        name, values: timings.map { Timings.median(of: $0) }, spreads: timings.map { $0.min()!...$0.max()! }, marked: marked)
    }
    let hasLoading = try !table.filter(QueryMeasurement.rerunLoading).values(
      of: "query", where: settings.merging(["target": target]) { first, _ in first }
    ).isEmpty
    return Panel(
      title: title, x: Axis("query"), y: Axis("time (s)", .logarithmic, format: .seconds),
      .bars(
        categories: queries,
        [
          try series("re-run", "rerunSeconds", marked: read.map { $0 == 0 }),
          BarSeries("re-run, paper", role: .paper(beside: "re-run"), values: queries.map { paper[$0]?.rerun }),
        ] + (hasLoading ? [try series("re-run, loading the model", QueryMeasurement.rerunLoading)] : []) + [
          try series("read, cold", "readColdSeconds"),
          try series("read, warm", "readSeconds", marked: read.map { $0 == 1 }),
          BarSeries("read, paper", role: .paper(beside: "read, warm"), values: queries.map { paper[$0]?.read }),
          try series("chosen plan", "chosenSeconds"),
        ]))
  }

  /// How to read the bars.
  ///
  /// - Parameter rerun: what a re-run has in it.
  static func note(rerun: String) -> String {
    "Medians with the smallest and largest repetition; long re-runs may be timed once. Cold: files opened anew, not in the page cache. Warm: the same question again. Re-run: \(rerun). "
      + "\(BarSeries.mark): what the chosen plan does; none where it reads some intermediates and re-runs others. Every answer was compared with the re-run's, bit for bit."
  }
}
