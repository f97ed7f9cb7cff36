import Foundation
import MistiqueStorage

/// Giving back the residuals of ladders.
extension OpenStore {
  /// - Throws: `StoreError`: `cannotPlan` for what is not stored, `invalid` for what is not in rungs, or whose base is not within `bound`.
  func requireBase(of question: Question, within bound: QuantizationScheme.ErrorBound) throws {
    let base = try Planner(opened: self, accuracy: .within(bound)).base(of: question)
    guard base.isWithin else {
      throw StoreError(
        .invalid, "its base is within \(base.kept), not within \(bound.argument)", at: question.place,
        remedy: "Ask for at least that, or log the model with a ladder of a smaller bound.")
    }
  }

  /// Makes intermediates keep no more than their base. The catalogue changes in one transaction before any file does: a kill leaves the values as they were,
  /// or residuals that nothing needs, which the next deletion or `collectGarbage` gives back.
  ///
  /// The caller has the exclusive hold of the readers' lock.
  /// - Parameter isCancelled: asked until the catalogue changes.
  /// - Throws: `StoreError`: `locked`, what keeps the store from being written.
  func demote(
    _ names: Set<String>, of model: CataloguedModel, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ReclaimedStorage {
    try reclaim(after: model, isCancelled: isCancelled) { try leaveBases(names, of: $0, &$1) }
  }

  /// Whether more than its base is stored of an intermediate in rungs.
  func hasResidual(_ intermediate: CataloguedIntermediate) throws -> Bool {
    guard let reference = try intermediate.manifest else { return false }
    return try store.hasResidual(store.manifest(reference))
  }

  /// Whether an intermediate has nothing stored but the base of its ladder, whose residual was given back. Of what cannot be read nobody knows.
  func isBaseAlone(_ intermediate: CataloguedIntermediate) throws -> Bool {
    guard intermediate.isStored, let reference = try intermediate.manifest else { return false }
    do { return try store.manifest(reference).scheme.values.rungs == .base } catch let error as StoreError where error.isOfUnreadableData {
      return false
    }
  }

  /// Writes manifests without residuals, and makes the model's receipt and the catalogue name them. False when all of them had none.
  private func leaveBases(_ names: Set<String>, of model: CataloguedModel, _ box: inout WriterBox) throws -> Bool {
    let receipt = try self.receipt(of: model)
    let changed = try receipt.intermediates.compactMap { intermediate -> (ModelReceipt.Intermediate, IntermediateManifest)? in
      guard names.contains(intermediate.name), let reference = try intermediate.manifest?.chunk() else { return nil }
      let manifest = try store.manifest(reference)
      guard try store.hasResidual(manifest), let base = manifest.demoted else { return nil }
      return (intermediate, base)
    }
    guard !changed.isEmpty else { return false }
    let writer = try openWriter(box.writer, waits: false)
    box.writer = nil
    do {
      var demoted: [ModelReceipt.Intermediate] = []
      let commit = try writer.commit([], manifests: changed.map(\.1), blobs: []) { references, _ in
        demoted = zip(changed, references).map { old, reference in
          // A code is a byte of each float32.
          old.0.storing(reference, newBytes: old.0.newBytes / 4, shape: old.0.shape, partial: old.0.partial)
        }
        return try receipt.replacing(demoted).encoded()
      }
      try show(commit, of: model.identity, by: writer) { try catalog.store(demoted, of: model, commit: commit) }
    } catch {
      abandon(writer)
      throw error
    }
    return true
  }
}
