import ExperimentKit

/// Figure 10 of the paper: 25 random questions of pipelines under adaptive materialization, beside storing everything, warm and cold.
///
/// Re-running takes tenths of seconds here and a minute in the paper, so that the paper's gamma of 0.5 s/KB (500,000 s/GB) stores nothing; smaller
/// ones show where storing begins.
enum Fig10Adaptive {
  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig10-adaptive", aliases: ["fig10"], title: "Adaptive materialization over 25 random questions",
        source: "section 8.5, figure 10"),
      parameters: AdaptiveMeasurement.parameters,
      costs: settings.pipelineCosts([
        .smoke: Cost(seconds: 10, diskBytes: 5_000_000, memoryBytes: 200_000_000),
        .ci: Cost(seconds: 25, diskBytes: 20_000_000, memoryBytes: 400_000_000),
        .small: Cost(seconds: 90, diskBytes: 120_000_000, memoryBytes: 1_200_000_000),
        .paper: Cost(seconds: 18_000, diskBytes: 5_000_000_000, memoryBytes: 20_000_000_000),
      ]),
      outcome: .init(
        claims: Fig10Claims.all,
        figures: [
          Figure("fig10-adaptive", chart: Fig10Figure.gammas), Figure("fig10-cold", isOf: Fig10Figure.hasCold, chart: Fig10Figure.cold),
          Figure("fig10-budgets", chart: Fig10Figure.budgets),
        ],
        gates: [
          Gate("identicalAnswers", .exact),
          Gate(
            "loggedBytes",
            .within(0.02, reason: "predictions differ in their last bits between kinds of processors, and so do compressed sizes"),
            better: .lower),
          // What is stored when depends on measured times.
          Gate("intermediateBytes", .reported), Gate("querySeconds", .reported), Gate("stages", .reported),
        ],
        keyFigures: Fig10Claims.keyFigures)
    ) { context in
      try context.state(data: try PipelineWorkload.source(context.scale, context.seed, settings))
      try AdaptiveMeasurement(tables: try PipelineWorkload(context, settings: settings), context: context).run(AdaptivePolicy.all)
    }
  }
}
