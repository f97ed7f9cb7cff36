import ExperimentKit
import Foundation
import Mistique

/// Beyond the paper: what logging takes when nothing that is stored is computed again.
///
/// Fifty pipelines share their files, joins and encodings; ten checkpoints of VGG16 share their frozen convolutions; ten checkpoints of CIFAR10_CNN share
/// their input and nothing else. Each is run without storing, logged with reuse and logged without.
enum ReuseExperiment {
  static let parameters = ["workload", "way"]
  static let pipelines = "Zillow"
  /// The pipeline that is edited.
  static let edited = "P1_a"
  /// The ways of a subject; for an edit, its name.
  static let running = "running"
  static let distinct = "distinct stages"
  static let reusing = "reuse"
  static let computing = "no reuse"

  static let name = "reuse"

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: name, aliases: ["never-twice"], title: "Logging without computing anything twice",
        source: "beyond the paper: HELIX (VLDB 2019), Collab (SIGMOD 2020)"),
      parameters: parameters,
      // Distinct frames of fifty pipelines are held in memory.
      costs: settings.pipelineCosts([
        .smoke: Cost(seconds: 60, diskBytes: 300_000_000, memoryBytes: 1_500_000_000),
        .ci: Cost(seconds: 90, diskBytes: 1_500_000_000, memoryBytes: 3_000_000_000),
        .small: Cost(seconds: 800, diskBytes: 6_000_000_000, memoryBytes: 6_000_000_000),
      ]),
      outcome: .init(
        claims: ReuseClaims.all, figures: [Figure("reuse", chart: ReuseFigure.chart)], gates: gates, keyFigures: ReuseClaims.keyFigures)
    ) { context in
      let networks = ImageWorkload.Network.allCases
      try context.state(
        data: .combining([
          try ImageWorkload.source(context.scale, context.seed, settings, networks: networks),
          try PipelineWorkload.source(context.scale, context.seed, settings),
        ]))
      let tables = try PipelineWorkload(context, settings: settings)
      try context.checkpointed(pipelines) { try measure(.pipelines(tables), context) }
      for change in ReuseEdit.Change.allCases {
        try context.checkpointed("edit, \(change.rawValue)") { try measure(change, tables, context) }
      }
      for network in networks {
        try context.checkpointed(network.rawValue) {
          try measure(.checkpoints(ImageWorkload(network, context, settings: settings).repeated()), context)
        }
      }
    }
  }

  private static let gates = [
    Gate("stagesRun", .reported), Gate("reused", .exact), Gate("partitionBytesDifference", .exact), Gate("versusRunning", .reported),
    Gate("versusComputing", .reported), Gate("versusDistinct", .reported), Gate("relog", .reported), Gate("seconds", .reported),
    Gate("computed", .exact), Gate("ratio", .reported), Gate("share", .reported),
  ]

  /// A round outlasts the patience with logging. Three have a median, and both orders of the ways.
  private static func fewestRounds(_ context: RunContext) -> Int { context.scale <= .ci ? 1 : min(3, context.repetitions) }

  private static func measure(_ subject: ReuseSubject, _ context: RunContext) throws {
    let folder = context.scratchDirectory.appendingPathComponent("reuse")
    var rounds: [ReuseRound] = []
    // The first logging of a process touches memory that it never used, and is not timed: whichever way came first would pay for it.
    _ = try ReuseLogging(subject.first, policy: .dedup.withoutReuse, in: folder) { try context.checkCancelled() }
    while rounds.count < fewestRounds(context) || Patience.goesOn(after: rounds.map(\.seconds), context: context) {
      rounds.append(try ReuseRound(subject, number: rounds.count, in: folder) { try context.checkCancelled() })
    }
    func place(_ way: String) -> MeasurementTable.Parameters { ["workload": subject.name, "way": way] }
    try context.record("seconds", Timings(seconds: rounds.map(\.runningSeconds)), at: place(running))
    let distinctSeconds = rounds.compactMap(\.distinctSeconds)
    if !distinctSeconds.isEmpty { try context.record("seconds", Timings(seconds: distinctSeconds), at: place(distinct)) }
    for (way, logged) in [(reusing, rounds.map(\.reusing)), (computing, rounds.map(\.computing))] {
      try context.record("seconds", Timings(seconds: logged.map(\.seconds)), at: place(way))
      try context.record("stagesRun", logged[0].stagesRun, unit: "stages", at: place(way))
      try context.record("intermediates", logged[0].intermediates, unit: "intermediates", at: place(way))
      try context.record("reused", logged[0].reused, unit: "intermediates", at: place(way))
      try context.record("partitionBytes", logged[0].partitionBytes, unit: "B", at: place(way))
    }
    let difference = rounds[0].reusing.partitionBytes - rounds[0].computing.partitionBytes
    try context.record("partitionBytesDifference", difference, unit: "B", at: place(reusing))
    try context.record("versusRunning", Timings.median(of: rounds.map(\.versusRunning)), unit: "x", at: place(reusing))
    try context.record("versusComputing", Timings.median(of: rounds.map(\.versusComputing)), unit: "x", at: place(reusing))
    try context.record("relog", Timings.median(of: rounds.map(\.relog)), unit: "x", at: place(reusing))
    let versusDistinct = rounds.compactMap(\.versusDistinct)
    if !versusDistinct.isEmpty { try context.record("versusDistinct", Timings.median(of: versusDistinct), unit: "x", at: place(reusing)) }
  }

  private static func measure(_ change: ReuseEdit.Change, _ tables: PipelineWorkload, _ context: RunContext) throws {
    let folder = context.scratchDirectory.appendingPathComponent("edit")
    var edits: [ReuseEdit] = []
    for _ in 0..<max(1, context.repetitions) {
      try context.checkCancelled()
      edits.append(try ReuseEdit(change, of: try tables.pipeline(edited), tables, in: folder))
    }
    let place: MeasurementTable.Parameters = ["workload": edited, "way": change.rawValue]
    try context.record("computed", edits[0].computed, unit: "intermediates", at: place)
    try context.record("ratio", Timings.median(of: edits.map(\.ratio)), unit: "x", at: place)
    try context.record("share", Timings.median(of: edits.map(\.share)), unit: "x", at: place)
  }
}
