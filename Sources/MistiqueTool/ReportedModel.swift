import Mistique

/// A model that reports each intermediate when it is first emitted.
final class ReportedModel<Model: ExecutableModel>: ExecutableModel {
  static var kind: String { Model.kind }
  private let model: Model
  private let report: Report

  /// Called with each intermediate, its place among those that run, and how many these are.
  typealias Report = @Sendable (_ intermediate: String, _ place: Int, _ count: Int) -> Void

  init(_ model: Model, report: @escaping Report) {
    self.model = model
    self.report = report
  }

  var specification: String { model.specification }
  var stages: [Stage] { model.stages }
  func transformers() throws -> [StoredTransformer] { try model.transformers() }
  func transformers(withoutBytesOf known: Set<String>) throws -> [StoredTransformer] { try model.transformers(withoutBytesOf: known) }
  func inputs(of intermediates: Set<String>) throws -> [ModelInput] { try model.inputs(of: intermediates) }
  func inputs(of intermediates: Set<String>, available: Set<String>) throws -> [ModelInput] {
    try model.inputs(of: intermediates, available: available)
  }
  func lineages() throws -> ModelLineages { try model.lineages() }
  var untrained: Set<String> { model.untrained }
  func adopt(_ transformers: [StoredTransformer]) throws { try model.adopt(transformers) }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    var emitted: Set<String> = []
    return try model.execute(request) { name, rows in
      if emitted.insert(name).inserted { report(name, emitted.count, request.intermediates.count) }
      try emit(name, rows)
    }
  }
}
