import ExperimentKit
import Foundation
import Mistique

/// The view of VizML, which the paper names in section 2: where two pipelines err, by kind of home, from a store in full precision and from one
/// in 8BIT.
enum UseVizML {
  static let pipelines = ["P1_a", "P2_a"]
  static let schemes: [NamedScheme] = [.full, .eightBit]
  /// Homes from which on a kind is common: a mean over a few says little, and one home may move it.
  static let commonKind = 100

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "use-vizml", aliases: ["vizml"], title: "Two pipelines' errors by kind of home, from a store alone",
        source: "section 2, VizML"),
      parameters: ["scheme", "pipeline", "kind"],
      costs: settings.pipelineCosts([
        .smoke: Cost(seconds: 1, diskBytes: 2_000_000, memoryBytes: 150_000_000),
        .ci: Cost(seconds: 3, diskBytes: 6_000_000, memoryBytes: 250_000_000),
        .small: Cost(seconds: 12, diskBytes: 30_000_000, memoryBytes: 600_000_000),
        .paper: Cost(seconds: 400, diskBytes: 1_000_000_000, memoryBytes: 12_000_000_000),
      ]),
      outcome: .init(
        claims: UseVizMLClaims.all, figures: [Figure("use-vizml", chart: UseVizMLFigure.chart)],
        gates: [Gate("homes", .exact)]
          + UseGates.gates(["meanAbsoluteError", "largestDifference", "largestCommonDifference", "changedHomes", "changedOrder"]),
        keyFigures: UseVizMLClaims.keyFigures)
    ) { context in
      try context.state(data: try PipelineWorkload.source(context.scale, context.seed, settings))
      let tables = try PipelineWorkload(context, settings: settings)
      var reference: KindErrors?
      for scheme in schemes {
        // Not taken over one by one: the second view is compared with the first.
        let store = try readOnlyStore(scheme, tables, context)
        let identities = try pipelines.map { PipelineWorkload.identity(try tables.pipeline($0)) }
        let (view, seconds) = try Stopwatch.time { try KindErrors(store, pipelines: identities) }
        let all: MeasurementTable.Parameters = ["scheme": scheme.name, "pipeline": "all", "kind": "all"]
        try context.record("partitionBytes", store.storage().partitionBytes, unit: "B", at: all)
        try UseGates.record(view.costs, seconds: seconds, at: all, context)
        try record(view, scheme, comparedWith: reference ?? view, context)
        if reference == nil { reference = view }
        try store.close()
        try FileManager.default.removeItem(at: store.directory)
      }
    }
  }

  /// Both pipelines logged under a scheme, in a store that nothing can re-run.
  private static func readOnlyStore(
    _ scheme: NamedScheme, _ tables: PipelineWorkload, _ context: RunContext
  ) throws -> IntermediateStore {
    let store = try IntermediateStore(at: context.scratchDirectory.appendingPathComponent("pipelines-\(scheme.name)"))
    let known = try store.models().map(\.identity)
    for name in pipelines {
      let pipeline = try tables.pipeline(name)
      let identity = PipelineWorkload.identity(pipeline)
      // An interrupted run may have logged it.
      guard !known.contains(identity) else { continue }
      context.say("  logging \(identity) under \(scheme.name)")
      try store.logIntermediates(of: tables.model(pipeline), as: identity, policy: .dedup.quantized(scheme.scheme).asInPaper) {
        Interruption.request != nil
      }
    }
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    return store
  }

  private static func record(
    _ view: KindErrors, _ scheme: NamedScheme, comparedWith reference: KindErrors, _ context: RunContext
  ) throws {
    for (place, kind) in view.kinds.enumerated() {
      try context.record("homes", view.homes[place], unit: "homes", at: ["scheme": scheme.name, "pipeline": "all", "kind": kind])
      for (pipeline, errors) in zip(pipelines, view.errors) {
        try context.record(
          "meanAbsoluteError", errors[place], unit: "log error", at: ["scheme": scheme.name, "pipeline": pipeline, "kind": kind])
      }
    }
    let all: MeasurementTable.Parameters = ["scheme": scheme.name, "pipeline": "all", "kind": "all"]
    try context.record("changedHomes", view.changedHomes(from: reference), unit: "homes", at: all)
    try context.record("changedOrder", view.changedOrder(from: reference, homes: commonKind), unit: "kinds", at: all)
    try context.record("commonKinds", reference.homes.count { $0 >= commonKind }, unit: "kinds", at: all)
    try context.record("largestDifference", view.largestDifference(from: reference, homes: 1), unit: "1", at: all)
    try context.record("largestCommonDifference", view.largestDifference(from: reference, homes: commonKind), unit: "1", at: all)
  }
}
