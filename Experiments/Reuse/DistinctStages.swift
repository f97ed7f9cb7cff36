import ExperimentKit
import Foundation
import Mistique
import TabularPipelines

/// Runs pipelines one after the other and no stage twice: what was emitted and learned stays in memory, by its lineage. Nothing is stored.
///
/// What it takes is the floor of what logging them with reuse can take: reading and writing are free here. Memory: all distinct frames.
struct DistinctStages {
  private var frames: [Lineage: DataFrame] = [:]
  private var states: [Lineage: StoredTransformer] = [:]

  /// Runs what of `model` was not run before.
  /// - Returns: seconds, and the names of the intermediates that were computed.
  mutating func run(_ model: PipelineModel) throws -> (seconds: Double, computed: [String]) {
    let watch = Stopwatch()
    let lineages = model.lineages()
    let known = lineages.intermediates.compactMapValues { frames[$0] }
    let untrained = model.untrained
    model.adopt(
      lineages.transformers.filter { untrained.contains($0.key) }.compactMap { name, lineage in
        states[lineage].map { StoredTransformer(name: name, bytes: $0.bytes, lineage: lineage) }
      })
    let wanted = model.pipeline.intermediateNames.filter { known[$0] == nil }
    var emitted: [String: DataFrame] = [:]
    if !wanted.isEmpty {
      let available = AvailableIntermediates(
        names: Set(known.keys), maps: { _, _, _ in preconditionFailure("a pipeline has no maps") }, frame: { known[$0]! })
      _ = try model.execute(ExecutionRequest(intermediates: Set(wanted), available: available)) { name, rows in
        if case .frame(let frame, _) = rows { emitted[name] = frame }
      }
    }
    let seconds = watch.seconds
    for (name, frame) in emitted { if let lineage = lineages.intermediates[name] { frames[lineage] = frame } }
    for part in model.transformers() { if let lineage = lineages.transformers[part.name] { states[lineage] = part } }
    return (seconds, wanted)
  }

  /// Runs all of a pipeline, storing nothing.
  static func all(of model: PipelineModel) throws -> Double {
    try Stopwatch.time {
      try model.execute(ExecutionRequest(intermediates: Set(model.pipeline.intermediateNames))) { _, _ in }
    }.seconds
  }
}
