import MistiqueStorage

extension IntermediateStore {
  /// Gives the residual of an intermediate's ladder back: its values are kept within the bound of the base, in place, and nothing is rewritten.
  ///
  /// Values that others share keep their residual until nobody needs it. From then on a question that wants more than the base re-runs the model, or
  /// says that it cannot; ``Accuracy/within(_:)`` reads the base. What cannot be re-run may be demoted too: the residual is then gone for ever. Under a
  /// policy that stores by gamma or by a budget, what questions show to be worth it is stored again, with its residual.
  ///
  /// Waits ten seconds for queries that are being answered. A kill leaves the values as they were, or a store that `collectGarbage` makes smaller.
  /// - Parameters:
  ///   - bound: what the values must still be within.
  ///   - isCancelled: asked while this waits for writers and queries, and until the catalogue changes; true ends it with `CancellationError` and the values
  ///     as they were. Nothing stops it afterwards.
  /// - Returns: what was given back; nothing for what has no residual, because it was given back or because all frames are in one
  ///   piece, which stay exact.
  /// - Throws: `StoreError` (`notFound`; `cannotPlan` when it is not stored; `invalid` when it is not in rungs, or its base does not have the bound;
  ///   `locked`; `corrupt` or `notFound` when something that stays is damaged or missing: nothing was changed then).
  @discardableResult
  public func demote(
    _ intermediate: String, of identity: ModelIdentity, to bound: QuantizationScheme.ErrorBound,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ReclaimedStorage {
    let model = try opened.model(identity)
    try requireBase(of: intermediate, in: identity, within: bound)
    return try opened.withRightToWrite(on: model, isCancelled: isCancelled) {
      try opened.withoutReaders(isCancelled: isCancelled) { try opened.demote([intermediate], of: model, isCancelled: isCancelled) }
    }
  }

  /// Makes sure that an intermediate can be demoted.
  ///
  /// - Throws: as ``demote(_:of:to:)`` when it cannot.
  package func requireBase(of intermediate: String, in identity: ModelIdentity, within bound: QuantizationScheme.ErrorBound) throws {
    let question = try opened.question(IntermediateKey(model: identity, intermediate: intermediate), rows: .all)
    try opened.whileReading { _ in try opened.requireBase(of: question, within: bound) }
  }
}
