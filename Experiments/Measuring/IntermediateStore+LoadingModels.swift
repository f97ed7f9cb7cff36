import ExperimentKit
import Mistique

extension IntermediateStore {
  /// What the last re-run of a model took to load it, as the store has noted it for the cost model.
  func lastLoading(of identity: ModelIdentity) throws -> Double {
    _ = try intermediates(of: identity)  // writes to the catalogue what was noted
    guard let model = try models().first(where: { $0.identity == identity }) else {
      preconditionFailure("a model is logged before it is measured")
    }
    return model.restoreSeconds
  }

  /// Re-runs one row of every model, so that loading them, which a process pays once, is in no time of a question.
  func loadModels() throws {
    for model in try models() {
      guard let last = try intermediates(of: model.identity).last else { continue }
      _ = try getIntermediates([IntermediateKey(model: model.identity, intermediate: last.name)], rows: .ids([0]), plan: .rerun) {
        Interruption.request != nil
      }
    }
  }
}
