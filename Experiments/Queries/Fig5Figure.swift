import ExperimentKit

/// Bars of re-run, cold read and warm read for every query, a panel a target, the paper's own times beside.
enum Fig5Figure {
  /// Seconds read off the paper's figure 5: re-run, read. Its layers are VGG16's 1, 11 and 21 over 50,000 images.
  private static let paper: [String: [String: (rerun: Double, read: Double)]] = [
    "pipeline": ["POINTQ": (14.1, 0.143), "TOPK": (67, 0.42), "COL_DIST": (67, 0.17), "VIS": (16.4, 6.4)],
    "first": ["POINTQ": (3.07, 0.434), "TOPK": (6.5, 16.2), "COL_DIST": (6.1, 16.2), "VIS": (6.3, 16.6)],
    "middle": ["POINTQ": (2.88, 0.068), "TOPK": (9.6, 3.1), "COL_DIST": (9.6, 2.9), "VIS": (9.0, 3.0)],
    "last": ["POINTQ": (3.52, 0.017), "TOPK": (12.1, 0.093), "COL_DIST": (12.1, 0.087), "VIS": (12.1, 0.084)],
  ]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let targets = try Fig5Claims.targets(table)
    let layers = targets.filter { $0.hasPrefix("layer") }
    let panels = try targets.map { target in
      let beside = target == layers.first ? "first" : target == layers.last ? "last" : layers.contains(target) ? "middle" : "pipeline"
      return try panel(table, target, paper[beside]!)
    }
    return Chart(
      title: "Query time: re-running against reading", panels: panels,
      notes: [
        "Medians with the smallest and largest repetition. Cold: files opened anew, not in the page cache. Warm: the same question again. Every "
          + "read was compared with the re-run, bit for bit.",
        "Hatched: the paper's own times (figure 5) for Zillow and for layers 1, 11 and 21 of VGG16 over 50,000 images, on another machine.",
      ], columns: 2)
  }

  private static func panel(
    _ table: MeasurementTable, _ target: String, _ paper: [String: (rerun: Double, read: Double)]
  ) throws -> Panel {
    let queries = try Fig5Claims.queries(table)
    func series(_ name: String, _ metric: String) throws -> BarSeries {
      let timings = try queries.map { query in
        try table.repetitions(metric, where: ["target": target, "query": query]).map(\.double)
      }
      return BarSeries(
        name, values: timings.map { Timings.median(of: $0) }, spreads: timings.map { $0.min()!...$0.max()! })
    }
    return Panel(
      title: target, x: Axis("query"), y: Axis("time (s)", .logarithmic, format: .seconds),
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
}
