import ExperimentKit
import Mistique

/// A model that reports how many of its intermediates' rows it has emitted, for long logging. A store that holds it cannot restore it.
final class ReportedModel: ExecutableModel {
  static let kind = "reported"
  private let model: any ExecutableModel
  private let report: @Sendable (_ intermediate: String, _ rows: Int) -> Void

  init(_ model: any ExecutableModel, report: @escaping @Sendable (_ intermediate: String, _ rows: Int) -> Void) {
    self.model = model
    self.report = report
  }

  var specification: String { model.specification }
  var stages: [Stage] { model.stages }
  func transformers() throws -> [StoredTransformer] { try model.transformers() }
  func inputs(of intermediates: Set<String>) throws -> [ModelInput] { try model.inputs(of: intermediates) }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    try model.execute(request) { name, rows in
      try emit(name, rows)
      switch rows {
      case .maps(_, let ids, _, _): report(name, ids.count)
      case .frame(let frame, _): report(name, frame.rowCount)
      }
    }
  }
}
