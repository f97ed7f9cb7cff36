import ExperimentKit
import Foundation
import Mistique
import TabularPipelines

/// Edit and run again: a pipeline is logged, and logged again with one stage changed.
struct ReuseEdit {
  enum Change: String, CaseIterable {
    /// Predictions with another number of decimals.
    case lastStage = "last stage"
    /// Another rule for keys that come twice, of which there are none: every frame keeps its bits.
    case join

    func applied(to pipeline: Pipeline) -> Pipeline {
      switch self {
      case .lastStage: pipeline.setting("decimals", to: .integer(3))
      case .join: pipeline.setting("duplicates", to: .text("first"))
      }
    }
  }

  /// Logging the changed pipeline over logging the whole.
  let ratio: Double
  /// What running the stages from the change on takes, over running all.
  let share: Double
  /// Intermediates that were computed when the changed pipeline was logged.
  let computed: Int

  init(_ change: Change, of pipeline: Pipeline, _ tables: PipelineWorkload, in folder: URL) throws {
    let changed = change.applied(to: pipeline)
    var stages = DistinctStages()
    let whole = try stages.run(tables.model(pipeline)).seconds
    share = try stages.run(tables.model(changed)).seconds / whole
    try? FileManager.default.removeItem(at: folder)  // left by an interrupted attempt
    let store = try IntermediateStore(at: folder)
    let identity = PipelineWorkload.identity(pipeline)
    let first = try store.logIntermediates(of: tables.model(pipeline), as: identity)
    let edited = ModelIdentity(project: identity.project, name: identity.name + "-edited")
    let second = try store.logIntermediates(of: tables.model(changed), as: edited)
    ratio = second.seconds / first.seconds
    computed = second.intermediates - second.reused.count
    try store.close()
    try FileManager.default.removeItem(at: folder)
  }
}
