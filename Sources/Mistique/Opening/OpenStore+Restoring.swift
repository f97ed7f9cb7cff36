import MistiqueStorage

/// A model that is out for one run.
struct LentModel {
  let model: any ExecutableModel
  fileprivate let receipt: ChunkReference
  fileprivate let generation: Int
  /// `nil` for one that was in memory.
  let restoreSeconds: Double?
}

extension OpenStore {
  /// The model, from memory or restored; nobody else has it until it is given back. One whose run fails is not given back.
  func lend(_ model: CataloguedModel) throws -> LentModel {
    let (receipt, generation) = (try model.receipt, kept.currentGeneration)
    if let kept = kept.take(receipt) {
      return LentModel(model: kept, receipt: receipt, generation: generation, restoreSeconds: nil)
    }
    let start = ContinuousClock.now
    let restored = try restore(model)
    return LentModel(
      model: restored, receipt: receipt, generation: generation, restoreSeconds: (ContinuousClock.now - start).seconds)
  }

  /// Keeps the model for the next run.
  func giveBack(_ lent: LentModel) { kept.put(lent.model, receipt: lent.receipt, generation: lent.generation) }

  /// The bytes of a trained part.
  func bytes(of part: CataloguedTransformer) throws -> [UInt8] {
    if let counted = countedParts.withLock({ $0[part.blob] }) { return counted }
    return try store.record(part.blob)
  }

  /// The model, made from its stored transformers as a fresh process would.
  func restore(_ model: CataloguedModel) throws -> any ExecutableModel {
    guard let restore = restorer(for: model.kind) else { throw model.noRestorer(at: "\(model.identity)") }
    let transformers = try catalog.transformers(of: model).map {
      StoredTransformer(name: $0.name, bytes: try store.record($0.blob), lineage: $0.lineage)
    }
    return try restore(
      StoredModel(
        identity: model.identity, kind: model.kind, specification: try details(of: model).specification, transformers: transformers))
  }
}
