import ExperimentKit

/// Bars of re-run, cold read and warm read for every query of a target, the paper's own times beside.
enum QueryPanel {
  typealias PaperTimes = [String: (rerun: Double, read: Double)]

  static func panel(_ table: MeasurementTable, _ target: String, title: String, paper: PaperTimes) throws -> Panel {
    let queries = try QueryClaims.queries(table)
    func series(_ name: String, _ metric: String) throws -> BarSeries {
      let timings = try queries.map { query in
        try table.repetitions(metric, where: ["target": target, "query": query]).map(\.double)
      }
      return BarSeries(name, values: timings.map { Timings.median(of: $0) }, spreads: timings.map { $0.min()!...$0.max()! })
    }
    return Panel(
      title: title, x: Axis("query"), y: Axis("time (s)", .logarithmic, format: .seconds),
      .bars(
        categories: queries,
        [
          try series("re-run", "rerunSeconds"),
          BarSeries("re-run, paper", role: .paper(beside: "re-run"), values: queries.map { paper[$0]?.rerun }),
          try series("read, cold", "readColdSeconds"),
          try series("read, warm", "readSeconds"),
          BarSeries("read, paper", role: .paper(beside: "read, warm"), values: queries.map { paper[$0]?.read }),
        ]))
  }

  /// How to read the bars.
  static let note =
    "Medians with the smallest and largest repetition. Cold: files opened anew, not in the page cache. Warm: the same question again. "
    + "Every read was compared with the re-run, bit for bit."
}
