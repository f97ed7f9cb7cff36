import ExperimentKit

/// What logging takes with and without reuse, beside running the same models without storing; and how much faster it is, beside what HELIX and Collab report.
enum ReuseFigure {
  /// What other systems report as their largest gain by reuse across runs, without storing what is equal once and without networks.
  static let reported: [(system: String, times: Double)] = [("HELIX", 19), ("Collab", 10)]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let workloads = [ReuseExperiment.pipelines] + ImageWorkload.Network.allCases.map(\.rawValue)
    let ways = [ReuseExperiment.running, ReuseExperiment.distinct, ReuseExperiment.reusing, ReuseExperiment.computing]
    let series = try ways.map { way in
      let seconds = try workloads.map { workload -> [Double]? in
        // Distinct stages are run alone for pipelines only.
        guard way != ReuseExperiment.distinct || workload == ReuseExperiment.pipelines else { return nil }
        return try table.repetitions("seconds", where: ["workload": workload, "way": way]).map(\.double)
      }
      return BarSeries(
        labels[way]!, values: seconds.map { $0.map { Timings.median(of: $0) } }, spreads: seconds.map { $0.map { $0.min()!...$0.max()! } })
    }
    let gains = try workloads.map { 1 / (try table.value("versusComputing", where: ["workload": $0, "way": ReuseExperiment.reusing])) }
    return Chart(
      title: "Logging without computing anything twice",
      panels: [
        Panel(
          title: "Fifty pipelines, ten checkpoints of each network", x: Axis("models"), y: Axis("time (s)", .logarithmic, format: .seconds),
          .bars(categories: workloads, series)),
        Panel(
          title: "Logging without reuse / with reuse", x: Axis("models"), y: Axis("times faster", .logarithmic),
          .bars(
            categories: workloads + reported.map(\.system),
            [
              BarSeries("measured", values: gains + reported.map { _ in nil }),
              BarSeries("reported", role: .paper(beside: "measured"), values: workloads.map { _ in nil } + reported.map(\.times)),
            ])),
      ],
      notes: [
        "Logging: DEDUP, everything durable, into one fresh store per bar; medians with the smallest and largest repetition.",
        "Running stores nothing. Distinct stages: each stage of the fifty pipelines that differs from all before it runs once, and everything stays in memory: "
          + "what logging with reuse can take at least.",
        "Checkpoints of CIFAR10_CNN share their images only: there is nothing to gain, and nothing should be lost.",
        "Hatched: the largest gains that HELIX (VLDB 2019) and Collab (SIGMOD 2020) report, over other workloads on other machines.",
      ], columns: 1)
  }

  private static let labels = [
    ReuseExperiment.running: "running, nothing stored", ReuseExperiment.distinct: "distinct stages, nothing stored",
    ReuseExperiment.reusing: "logging, with reuse", ReuseExperiment.computing: "logging, without reuse",
  ]
}
