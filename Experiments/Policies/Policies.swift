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
      parameters: PolicyMeasurement.parameters, costs: OwnModelCost.costs(settings),
      outcome: .init(
        figures: [Figure(name, chart: PoliciesFigure.chart)],
        gates: [
          Gate("rawBytes", .exact), Gate("chunks", .exact), Gate("duplicateChunks", .exact), Gate("framesDecoded", .exact, better: .lower),
          Gate("neighboursKept", .within(0.02, reason: "sums of floats depend on the processor, and with them ties"), better: .higher),
          Gate("storedBytes", .within(0.02, reason: "the catalogue grows by pages"), better: .lower), Gate("overhead", .reported),
          Gate("readSeconds", .reported),
        ],
        keyFigures: [KeyFigure("recommended:") { Recommendation(try PolicyOutcome.all($0)).headline }])
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
}
