/// Details of a model from its receipt, which never change and which questions need; the catalogue in SQLite does not repeat them.
struct ModelDetails: Sendable {
  let specification: String
  let policy: StoragePolicy
  let graph: StageGraph
  /// `nil` for a model that was logged before inputs were kept.
  let inputs: [ModelInput]?
  /// Of intermediates that were not stored when they were logged, by name.
  let shapes: [String: LoggedShape]
  /// Of intermediates of which only some columns are stored, by name.
  let partials: [String: ModelReceipt.PartialColumns]
}

extension ModelDetails {
  init(_ receipt: ModelReceipt) {
    specification = receipt.specification
    policy = receipt.policy
    graph = StageGraph(receipt.stages)
    inputs = receipt.inputs
    shapes = Dictionary(receipt.intermediates.compactMap { item in item.shape.map { (item.name, $0) } }, uniquingKeysWith: { $1 })
    partials = Dictionary(receipt.intermediates.compactMap { item in item.partial.map { (item.name, $0) } }, uniquingKeysWith: { $1 })
  }
}
