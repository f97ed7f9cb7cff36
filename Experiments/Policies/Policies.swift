import ExperimentKit
import Foundation
import Mistique

/// Beyond the paper: what each policy and scheme would take and keep of a user's own arrays, pipeline or network, and which one the numbers speak for.
///
/// Without a model it runs over a small generated set of arrays.
enum Policies {
  static let name = "policies"

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(name: name, title: "Storage policies on your own data", source: "beyond the paper, of sections 3, 8.2, 8.4, 8.6"),
      parameters: PolicyMeasurement.parameters, costs: costs(settings),
      outcome: .init(
        figures: [Figure(name, chart: PoliciesFigure.chart)],
        gates: [
          Gate("rawBytes", .exact), Gate("chunks", .exact), Gate("duplicateChunks", .exact), Gate("framesDecoded", .exact, better: .lower),
          Gate("neighboursKept", .within(0.02, reason: "sums of floats depend on the processor, and with them ties"), better: .higher),
          Gate("storedBytes", .within(0.02, reason: "the catalogue grows by pages"), better: .lower), Gate("overhead", .reported),
          Gate("readSeconds", .reported),
        ],
        keyFigures: [KeyFigure("") { Recommendation(try PolicyOutcome.all($0)).headline }])
    ) { context in
      let source = try source(context, settings)
      source.remarks.forEach { context.say("  \($0)") }
      try context.state(data: source.data)
      try PolicyMeasurement(source: source, context: context).run()
      context.say(try PoliciesTable.text(context.measurements, baseline: source.baseline))
    }
  }

  private static func source(_ context: RunContext, _ settings: Settings) throws -> any PolicySource {
    if let own = settings.own { return try PolicySources.open(own, context.scale, settings) }
    let folder = context.scratchDirectory.appendingPathComponent("arrays", isDirectory: true)
    try GeneratedArrays(seed: context.seed, context.scale).write(into: folder)
    return try ArrayPolicySource(folder, isGenerated: true)
  }

  /// Of the generated set; of a user's arrays by their bytes. What a pipeline or a network emits is known once it has run.
  private static func costs(_ settings: Settings) -> [ExperimentKit.Scale: Cost] {
    if let own = settings.own, let bytes = (try? ArrayPolicySource(own.url))?.folder.byteCount {
      // The values in full precision, one policy's store and the copy that logging is compared with; each read, written and asked a few times.
      let cost = Cost(seconds: 5 + Double(bytes) / 2e6, diskBytes: 5 * Int64(bytes) + 50_000_000, memoryBytes: 1_500_000_000)
      return Dictionary(uniqueKeysWithValues: ExperimentKit.Scale.allCases.map { ($0, cost) })
    }
    return [
      .smoke: Cost(seconds: 5, diskBytes: 10_000_000, memoryBytes: 300_000_000),
      .ci: Cost(seconds: 15, diskBytes: 30_000_000, memoryBytes: 400_000_000),
      .small: Cost(seconds: 60, diskBytes: 100_000_000, memoryBytes: 600_000_000),
      .paper: Cost(seconds: 300, diskBytes: 500_000_000, memoryBytes: 1_500_000_000),
    ]
  }
}
