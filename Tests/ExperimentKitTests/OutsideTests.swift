import ExperimentKit
import Testing

/// An experiment as one is written outside of the kit, without its internals.
private let storedBytes = Experiment(
  .init(name: "fig6-storage", aliases: ["fig6"], title: "Stored bytes by policy", source: "section 8.2, figure 6"),
  parameters: ["workload", "policy"],
  costs: [.smoke: Cost(seconds: 1, diskBytes: 1_000_000, memoryBytes: 1_000_000)],
  outcome: .init(
    claims: [
      Claim("fig6.dedup", "DEDUP never stores more than STORE_ALL.", source: "figure 6") { rows in
        try .notDescending(["DEDUP", "STORE_ALL"].map { ($0, try rows.value("storedBytes", where: ["policy": $0])) })
      }
    ],
    figures: [
      Figure("fig6-storage") { rows in
        let policies = try rows.values(of: "policy")
        let ours = try policies.map { try rows.value("storedBytes", where: ["policy": $0]) }
        return Chart(
          title: "Stored bytes by policy",
          panels: [
            Panel(
              x: Axis(""), y: Axis("stored", .logarithmic, format: .bytes),
              .bars(
                categories: policies,
                [
                  BarSeries("this run", values: ours),
                  BarSeries("paper", role: .paper(beside: "this run"), values: [67e9, 0.611e9]),
                ]))
          ])
      }
    ],
    gates: [Gate("storedBytes", .exact, better: .lower), Gate("logSeconds", .reported)])
) { context in
  try context.state(data: .generated("Zillow-like, seed \(context.seed)", files: []))
  for (policy, bytes) in [("STORE_ALL", 67_000), ("DEDUP", 611)] {
    try context.checkpointed(policy) {
      let timings = measure(repetitions: context.repetitions) { _ = (0..<1000).reduce(0, &+) }
      try context.record("storedBytes", bytes, unit: "bytes", at: ["workload": "zillow", "policy": policy])
      try context.record("logSeconds", timings, at: ["workload": "zillow", "policy": policy])
    }
  }
}

struct OutsideTests {
  @Test("An experiment written outside of the kit is found, run, drawn again, made the baseline, compared and summed up")
  func wholeWay() throws {
    let folder = try TemporaryFolder()
    let laboratory = try Laboratory([storedBytes])
    let runner = Runner(results: ResultsFolder(root: folder.url), output: .silent)
    let experiment = try #require(laboratory.resolve("figure 6").first)
    var options = RunOptions(scale: .smoke)
    options.versions = ["zstd": "1.5.4"]
    let report = try runner.run(experiment, options)
    #expect(report.exitStatus == 0 && report.pictures.count == 2)
    #expect(try runner.redraw(experiment, at: .smoke).pictures.count == 2)
    try runner.setBaseline(experiment, at: .smoke, reason: "first numbers")
    #expect(try runner.compare(experiment, at: .smoke).exitStatus == 0)
    #expect(RunSummary(laboratory, results: runner.results).text(at: .smoke, width: 100).contains("1 hold"))
  }
}
