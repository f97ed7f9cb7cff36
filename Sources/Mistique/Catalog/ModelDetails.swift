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
