import Foundation
import MistiqueStorage

extension OpenStore {
  /// Kept by the place of the receipt, whose content never changes: SQLite gives a deleted model's number to the next one.
  func details(of model: CataloguedModel) throws -> ModelDetails {
    let reference = try model.receipt
    if let known = details.withLock({ $0[reference] }) { return known }
    let details = ModelDetails(try receipt(at: reference))
    self.details.withLock { $0[reference] = details }
    return details
  }

  /// The one that the model has now.
  func receipt(of model: CataloguedModel) throws -> ModelReceipt {
    guard let reference = try catalog.receipt(of: model) else { throw model.unsoundReceipt }
    return try receipt(at: reference)
  }

  private func receipt(at reference: ChunkReference) throws -> ModelReceipt {
    try JSONDecoder().decode(ModelReceipt.self, from: Data(try store.record(reference)))
  }
}
