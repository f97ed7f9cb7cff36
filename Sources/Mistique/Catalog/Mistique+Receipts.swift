import Foundation

/// What a model's receipt says of it that never changes, and that questions need: the catalogue in SQLite does not repeat it.
struct ModelDetails: Sendable {
  let specification: String
  let policy: StoragePolicy
}

extension Mistique {
  func details(of model: ModelRecord) throws -> ModelDetails {
    if let known = details.withLock({ $0[model.id] }) { return known }
    let receipt = try receipt(of: model)
    let details = ModelDetails(specification: receipt.specification, policy: receipt.policy)
    self.details.withLock { $0[model.id] = details }
    return details
  }

  func receipt(of model: ModelRecord) throws -> LoggedModel {
    guard let reference = try catalog.receipt(of: model) else {
      throw MistiqueError(
        .catalogue, "the receipt of a model has no sound reference", at: "\(model.identity)",
        remedy: "Rebuild the catalogue: Mistique.repair(at:), or `mistique repair`.")
    }
    return try JSONDecoder().decode(LoggedModel.self, from: Data(try store.record(reference)))
  }
}
