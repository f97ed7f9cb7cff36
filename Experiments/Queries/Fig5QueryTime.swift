import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 5 of the paper: four of its queries, answered by reading and by re-running, on three layers of a network and on a pipeline.
enum Fig5QueryTime {
  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(name: "fig5-query-time", aliases: ["fig5"], title: "Query time, reading against re-running", source: "section 8.1, figure 5"),
      parameters: ["target", "query"],
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 100_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 10, diskBytes: 150_000_000, memoryBytes: 1_000_000_000),
        .small: Cost(seconds: 40, diskBytes: 600_000_000, memoryBytes: 1_500_000_000),
        .paper: Cost(seconds: 7_200, diskBytes: 20_000_000_000, memoryBytes: 24_000_000_000),
      ],
      outcome: .init(
        claims: Fig5Claims.all, figures: [Figure("fig5-query-time", chart: Fig5Figure.chart)], gates: gates,
        keyFigures: Fig5Claims.keyFigures)
    ) { context in
      try context.state(
        data: .joined([
          try ImageWorkload.source(context.scale, context.seed, settings),
          try PipelineWorkload.source(context.scale, context.seed, settings),
        ]))
      try measureNetwork(context, settings)
      try measurePipeline(context, settings)
    }
  }

  private static func measureNetwork(_ context: RunContext, _ settings: Settings) throws {
    let images = try ImageWorkload(.cnn, context, settings: settings)
    let last = ImageWorkload.checkpoints - 1
    let identity = images.identity(checkpoint: last)
    let store = try store("network", context, images.register)
    let model = try images.model(checkpoint: last)
    if try store.models().isEmpty {
      context.say("  logging \(identity) over \(images.input.images.count) images")
      try store.logIntermediates(of: model, as: identity, policy: .dedup) { Interruption.request != nil }
    }
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    for layer in NetworkQueries.layers {
      let queries = NetworkQueries(
        model: identity, layer: layer, channels: model.network.layers[layer].shape.channels, labels: images.input.images.labels)
      for query in queries.all() { try measure(query, store, context) }
    }
    try store.close()
  }

  private static func measurePipeline(_ context: RunContext, _ settings: Settings) throws {
    let tables = try PipelineWorkload(context, settings: settings)
    let identity = PipelineWorkload.identity(tables.pipelines[0])
    let store = try store("pipeline", context, tables.register)
    if try store.models().isEmpty {
      context.say("  logging \(identity)")
      try store.logIntermediates(of: tables.model(tables.pipelines[0]), as: identity, policy: .dedup) { Interruption.request != nil }
    }
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    for query in PipelineQueries(model: identity).all() { try measure(query, store, context) }
    try store.close()
  }

  /// A store in the scratch folder, which an interrupted run has left filled.
  private static func store(_ name: String, _ context: RunContext, _ register: (Mistique) -> Void) throws -> Mistique {
    let store = try Mistique(at: context.scratchDirectory.appendingPathComponent(name))
    register(store)
    return store
  }

  /// One question: the plan that is chosen, then every way of fetching, each as often as the run repeats. Every fetched value of every
  /// repetition is compared with the re-run's.
  private static func measure(_ query: DiagnosticQuery, _ store: Mistique, _ context: RunContext) throws {
    let place: MeasurementTable.Parameters = ["target": query.target, "query": query.name]
    try context.checkpointed("\(query.target) \(query.name)") {
      var automatic = try store.getIntermediates(query.keys, rows: query.rows)
      let rerun = try ask(query, store, .rerun)
      // Compared at once and let go: an answer may be a whole layer.
      try compare(automatic, with: rerun.results, query)
      let plans = automatic.map(\.plan)
      automatic = []
      var readCosts: [QueryCost] = []
      var (cold, warm, reruns): ([Double], [Double], [Double]) = ([], [], [])
      for _ in 0..<context.repetitions {
        try context.checkCancelled()
        store.dropCaches()
        try PageCache.evict(store.directory)
        cold.append(try compared(ask(query, store, .read), with: rerun, query).seconds)
        let read = try compared(ask(query, store, .read), with: rerun, query)
        warm.append(read.seconds)
        readCosts = read.results.map(\.cost)
        reruns.append(try ask(query, store, .rerun).seconds)
      }
      try context.record("readColdSeconds", Timings(seconds: cold), at: place)
      try context.record("readSeconds", Timings(seconds: warm), at: place)
      try context.record("rerunSeconds", Timings(seconds: reruns), at: place)
      try record(plans, place, context)
      try record(readCosts, rerun.results.map(\.cost), place, context)
      try context.record("speedUp", Timings.median(of: reruns) / Timings.median(of: warm), unit: "x", at: place)
    }
  }

  private struct Fetched {
    let results: [IntermediateResult]
    let answer: [Double]
    let seconds: Double
  }

  /// Fetches and computes; both are timed together, as t_diag = t_fetch + t_compute.
  private static func ask(_ query: DiagnosticQuery, _ store: Mistique, _ plan: QueryPlan.Preference) throws -> Fetched {
    let (fetched, seconds) = try Stopwatch.time {
      let results = try store.getIntermediates(query.keys, rows: query.rows, plan: plan) { Interruption.request != nil }
      return (results, try query.compute(results))
    }
    return Fetched(results: fetched.0, answer: fetched.1, seconds: seconds)
  }

  private static func compare(_ results: [IntermediateResult], with rerun: [IntermediateResult], _ query: DiagnosticQuery) throws {
    for (a, b) in zip(results, rerun) where !a.isIdentical(to: b) {
      throw ReadDiffersFromRerun(key: "\(a.model).\(a.intermediate)", query: "\(query.name) on \(query.target)")
    }
  }

  private static func compared(_ read: Fetched, with rerun: Fetched, _ query: DiagnosticQuery) throws -> Fetched {
    try compare(read.results, with: rerun.results, query)
    guard read.answer.map(\.bitPattern) == rerun.answer.map(\.bitPattern) else {
      throw ReadDiffersFromRerun(key: "the answer", query: "\(query.name) on \(query.target)")
    }
    return read
  }

  /// The plan: 1 when everything was read, 0 when everything was re-run. Intermediates re-run together are predicted as the dearest of them.
  private static func record(_ plans: [QueryPlan], _ place: MeasurementTable.Parameters, _ context: RunContext) throws {
    let read = plans.filter { $0.choice == .read }.count
    try context.record("chosenRead", Double(read) / Double(plans.count), unit: "1", at: place)
    try context.record("predictedReadSeconds", plans.compactMap(\.predictedReadSeconds).reduce(0, +), unit: "s", at: place)
    try context.record("predictedRerunSeconds", plans.compactMap(\.predictedRerunSeconds).max() ?? 0, unit: "s", at: place)
  }

  private static func record(
    _ reads: [QueryCost], _ reruns: [QueryCost], _ place: MeasurementTable.Parameters, _ context: RunContext
  ) throws {
    try context.record("bytesRead", reads.reduce(0) { $0 + $1.bytesRead }, unit: "B", at: place)
    try context.record("bytesDecoded", reads.reduce(0) { $0 + $1.bytesDecoded }, unit: "B", at: place)
    try context.record("framesDecoded", reads.reduce(0) { $0 + $1.framesDecoded }, unit: "frames", at: place)
    try context.record("stagesRun", reruns.map(\.stagesRun).max() ?? 0, unit: "stages", at: place)
    // Compared above, value by value; a difference ends the run.
    try context.record("identicalReads", 2 * context.repetitions, unit: "reads", at: place)
  }

  static let gates = [
    Gate("framesDecoded", .exact, better: .lower), Gate("bytesDecoded", .exact, better: .lower), Gate("stagesRun", .exact, better: .lower),
    Gate("identicalReads", .exact),
    Gate(
      "bytesRead",
      .within(0.02, reason: "trained weights differ in their last bits between kinds of processors, and so do compressed sizes"),
      better: .lower),
    // A quarter: on a shared machine the two times of a ratio may be disturbed differently, but a lost order of magnitude shows.
    Gate("speedUp", .ratioAtLeast(0.25)), Gate("chosenRead", .reported), Gate("readSeconds", .reported), Gate("rerunSeconds", .reported),
  ]
}
