import MistiqueStorage

/// Weighs every intermediate of a store by what was asked of it so far.
struct Adviser {
  let opened: OpenStore

  /// By which limit it is decided what is worth storing.
  enum Limit {
    /// Each model's own threshold; whatever saves time for models whose policy has none.
    case policies
    case gamma(GammaThreshold)
    case budget(StorageBudget)
  }

  /// One advice per intermediate whose stages were measured, the most worth first.
  func advise(_ limit: Limit) throws -> [Advice] {
    var weighed: [(intermediate: CataloguedIntermediate, model: CataloguedModel, gamma: Gamma, threshold: Double)] = []
    for model in try opened.catalog.models() {
      let details = try opened.details(of: model)
      let policy = details.policy
      for intermediate in try opened.catalog.intermediates(of: model) {
        // Of a frame with some of its columns stored, those columns are weighed.
        let columns = intermediate.isPartial ? details.partials[intermediate.name]?.columns.count : nil
        guard let gamma = try Worth(opened: opened).gamma(of: intermediate, in: model, policy, columns: columns) else { continue }
        weighed.append((intermediate, model, gamma, policy.gamma ?? 0))
      }
    }
    weighed.sort { ($1.gamma.value, $0.intermediate.id) < ($0.gamma.value, $1.intermediate.id) }
    var left: Double?
    if case .budget(let budget) = limit { left = Double(budget.bytes) }
    return weighed.map { intermediate, model, gamma, threshold in
      var isWorth = gamma.value > threshold
      if case .gamma(let given) = limit { isWorth = gamma.value > given.secondsPerGB }
      if let room = left {
        isWorth = gamma.value > 0 && gamma.storedBytes <= room
        if isWorth { left = room - gamma.storedBytes }
      }
      let isStored = intermediate.isStored || intermediate.isPartial
      // What takes nothing, because all of it is in others, costs nothing to keep.
      if intermediate.isStored, gamma.storedBytes <= 0 { isWorth = true }
      // A manifest is read only of what would go. What cannot be read is no matter of advice.
      var hasResidual: Bool { (try? opened.hasResidual(intermediate)) ?? false }
      return Advice(
        model: model.identity, intermediate: intermediate.name,
        action: isWorth ? (isStored ? .keep : .store) : !isStored ? .leave : hasResidual ? .demote : .discard,
        queries: gamma.queries,
        bytes: Int(min(gamma.storedBytes, 1e18)), rerunSeconds: gamma.rerunSeconds, readSeconds: gamma.readSeconds, gamma: gamma.value)
    }
  }
}
