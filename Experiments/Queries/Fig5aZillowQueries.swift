import ExperimentKit
import Foundation
import Mistique

/// Figure 5a of the paper: its eight queries in their forms for pipelines, answered by reading and by re-running.
enum Fig5aZillowQueries {
  /// Boosted trees of two kinds, and the longest of the linear pipelines: those that the queries name.
  static let pipelines = ["P1_a", "P2_a", "P9_a"]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig5a-zillow-queries", aliases: ["fig5a"], title: "Query time on pipelines, reading against re-running",
        source: "section 8.1, figure 5a"),
      parameters: QueryMeasurement.parameters,
      costs: settings.pipelineCosts([
        .smoke: Cost(seconds: 2, diskBytes: 1_000_000, memoryBytes: 100_000_000),
        .ci: Cost(seconds: 7, diskBytes: 4_000_000, memoryBytes: 200_000_000),
        .small: Cost(seconds: 28, diskBytes: 20_000_000, memoryBytes: 500_000_000),
        .paper: Cost(seconds: 1_500, diskBytes: 1_000_000_000, memoryBytes: 12_000_000_000),
      ]),
      outcome: .init(
        claims: Fig5aClaims.all, figures: [Figure("fig5a-zillow-queries", chart: Fig5aClaims.chart)],
        gates: QueryMeasurement.gates + [Gate(QueryMeasurement.rerunLoading, .reported)],
        keyFigures: Fig5aClaims.keyFigures)
    ) { context in
      try context.state(data: try PipelineWorkload.source(context.scale, context.seed, settings))
      try measure(context, settings)
    }
  }

  private static func measure(_ context: RunContext, _ settings: Settings) throws {
    let tables = try PipelineWorkload(context, settings: settings)
    let measurement = QueryMeasurement(context: context, register: tables.register)
    let store = try measurement.store("pipelines")
    for name in pipelines {
      let pipeline = try tables.pipeline(name)
      let identity = PipelineWorkload.identity(pipeline)
      // An interrupted run may have logged it.
      guard try !store.models().contains(where: { $0.identity == identity }) else { continue }
      context.say("  logging \(identity)")
      try store.logIntermediates(of: tables.model(pipeline), as: identity, policy: .dedup.asInPaper) { Interruption.request != nil }
    }
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    try store.loadModels()
    let identities = try pipelines.map { PipelineWorkload.identity(try tables.pipeline($0)) }
    let queries = PipelineQueries(trees: identities[0], otherTrees: identities[1], linear: identities[2])
    let loading = try measurement.loading(store)
    for query in queries.all() { try measurement.run(query, on: store, loading: loading) }
    try PlanQuality.record(in: context)
    try loading.close()
    try store.close()
  }
}
