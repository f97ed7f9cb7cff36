extension IntermediateStore {
  /// What to store and what to drop, by the questions so far: one advice per intermediate, the most worth first.
  ///
  /// An intermediate with a stage on every way that was never measured is left out. Each model's own threshold decides; of a model whose policy
  /// has none, whatever saves time is worth its bytes.
  /// - Complexity: O(intermediates x cuts of their stage graphs).
  /// - Throws: `StoreError` (`corrupt`, `catalogue`).
  public func advise() throws -> [Advice] {
    opened.flushStatisticsIfPossible()
    return try opened.whileReading { _ in try Adviser(opened: opened).advise(.policies) }
  }

  /// As `advise()`, with one threshold for all models.
  public func advise(gamma: GammaThreshold) throws -> [Advice] {
    opened.flushStatisticsIfPossible()
    return try opened.whileReading { _ in try Adviser(opened: opened).advise(.gamma(gamma)) }
  }

  /// As `advise()`, for a store that may take so many bytes: what saves the most per byte is worth storing until they are used up.
  public func advise(budget: StorageBudget) throws -> [Advice] {
    opened.flushStatisticsIfPossible()
    return try opened.whileReading { _ in try Adviser(opened: opened).advise(.budget(budget)) }
  }

  /// Deletes the stored values of an intermediate, whose queries re-run the model from then on.
  ///
  /// Refused for what could not be had again: something must restore the model here (``register(kind:restore:)``), and its inputs must be those that
  /// were logged. Waits ten seconds for queries that are being answered. A kill leaves the values, or a store that `collectGarbage` makes smaller.
  /// - Throws: `StoreError` (`notFound`, `cannotPlan`, `otherInputs`, `locked`; `corrupt` when something that stays is damaged, `notFound` when a file is missing that the values
  /// are in: nothing was changed then), and what restoring the model throws.
  @discardableResult
  public func drop(_ intermediate: String, of identity: ModelIdentity) throws -> ReclaimedStorage {
    let model = try opened.model(identity)
    let question = try opened.question(IntermediateKey(model: identity, intermediate: intermediate), rows: .all)
    guard question.intermediate.isStored || question.intermediate.isPartial else { return ReclaimedStorage() }
    try opened.requireRerunnable(model)
    return try opened.withRightToWrite(on: model) { try opened.withoutReaders { try opened.giveUp([intermediate], of: model) } }
  }
}
