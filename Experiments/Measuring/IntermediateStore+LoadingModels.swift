import ExperimentKit
import Mistique

extension IntermediateStore {
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
