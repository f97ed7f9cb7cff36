import Mistique

/// What the plans of one fetch come to: an answer may come from several intermediates, each with a plan of its own.
struct PlannedFetch {
  /// How many intermediates the answer comes from, and how many of them are read.
  let intermediates: Int
  let readIntermediates: Int
  /// Predicted for the plans taken, for reading all, and for re-running all from the model's input.
  let predictedSeconds: Double
  let predictedReadSeconds: Double?
  let predictedRerunSeconds: Double?
  /// Stages that ran.
  let stages: Int
}

extension PlannedFetch {
  /// Throws: `UnpredictedPlan` when a plan that was taken has no prediction: everything the experiments query was measured when it was logged.
  init(_ results: [IntermediateResult]) throws {
    intermediates = results.count
    readIntermediates = results.count { $0.plan.choice == .read }
    let reads = try results.filter { $0.plan.choice == .read }.reduce(0) { try $0 + Self.prediction($1) }
    let reruns = try results.filter { $0.plan.choice == .rerun }.map { (model: $0.model, seconds: try Self.prediction($0)) }
    predictedSeconds = reads + Self.together(reruns)
    predictedReadSeconds = results.reduce(0.0) { sum, result in
      sum.flatMap { sum in result.plan.predictedReadSeconds.map { sum + $0 } }
    }
    let all = results.compactMap { result in result.plan.predictedRerunSeconds.map { (model: result.model, seconds: $0) } }
    predictedRerunSeconds = all.count == results.count ? Self.together(all) : nil
    stages = Dictionary(grouping: results, by: \.model).values.reduce(0) { $0 + ($1.map(\.cost.stagesRun).max() ?? 0) }
  }

  private static func prediction(_ result: IntermediateResult) throws -> Double {
    guard let seconds = result.plan.predictedSeconds else { throw UnpredictedPlan(intermediate: "\(result.model).\(result.intermediate)") }
    return seconds
  }

  /// Intermediates of one model are re-run together, and take what the dearest of them takes; models run one after the other.
  private static func together(_ reruns: [(model: ModelIdentity, seconds: Double)]) -> Double {
    // Smallest first: a sum of floating-point numbers depends on their order, and a dictionary's is not fixed.
    Dictionary(grouping: reruns, by: \.model).values.map { $0.map(\.seconds).max() ?? 0 }.sorted().reduce(0, +)
  }
}

/// A plan was taken without a prediction, so that there is nothing to hold it to.
struct UnpredictedPlan: Error, CustomStringConvertible {
  let intermediate: String

  var description: String {
    "The plan for \(intermediate) has no prediction: a stage on the way was never measured. Log the model with a restorer registered."
  }
}
