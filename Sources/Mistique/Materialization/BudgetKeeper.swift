import MistiqueStorage

/// An intermediate of a model in the catalogue.
struct IntermediateID: Hashable {
  let model: Int64
  let name: String
}

/// Keeps a store within its budget: gives up what saves the least seconds per byte for what saves more.
///
/// Only intermediates of models whose policy has a budget are given up, and only where re-running gives them again: something restores the model here,
/// and its inputs are those that were logged.
struct BudgetKeeper {
  let opened: OpenStore
  let budget: StorageBudget

  private struct Candidate {
    let model: CataloguedModel
    let intermediate: CataloguedIntermediate
    let gamma: Gamma
  }

  /// Makes room for what is about to be stored, by giving up only what is worth less than each of it.
  ///
  /// - Parameter kept: what runs that are about to start read.
  /// - Returns: whether there is room now; nothing was given up when there cannot be.
  func makeRoom(for wanted: [Gamma], keeping kept: Set<IntermediateID>) throws -> Bool {
    let bytes = wanted.reduce(0) { $0 + $1.storedBytes }
    guard bytes <= Double(budget.bytes), let least = wanted.map(\.value).min() else { return false }
    var excess = Double(try opened.catalog.partitionBytes()) + bytes - Double(budget.bytes)
    guard excess > 0 else { return true }
    var chosen: [Candidate] = []
    for candidate in try candidates() where excess > 0 && candidate.gamma.value < least {
      let id = IntermediateID(model: candidate.model.id, name: candidate.intermediate.name)
      guard !kept.contains(id), opened.canBeRerun(candidate.model) else { continue }
      chosen.append(candidate)
      excess -= candidate.gamma.storedBytes
    }
    guard excess <= 0 else { return false }
    return try giveUp(chosen) && opened.catalog.partitionBytes() + Int(bytes) <= budget.bytes
  }

  /// Gives up the least worth until the store is within its budget again, as far as that is possible: what was stored may have taken more than was
  /// thought.
  static func enforce(after model: CataloguedModel, _ opened: OpenStore) throws {
    guard let budget = try opened.details(of: model).policy.budget else { return }
    let keeper = BudgetKeeper(opened: opened, budget: budget)
    while try opened.catalog.partitionBytes() > budget.bytes {
      guard let least = try keeper.candidates().first(where: { opened.canBeRerun($0.model) }), try keeper.giveUp([least]) else { return }
    }
  }

  private func giveUp(_ chosen: [Candidate]) throws -> Bool {
    guard !chosen.isEmpty else { return true }
    let byModel = Dictionary(grouping: chosen, by: \.model.id)
    for group in byModel.sorted(by: { $0.key < $1.key }).map(\.value) {
      guard try opened.giveUp(Set(group.map(\.intermediate.name)), of: group[0].model, waits: false) != nil else { return false }
    }
    return true
  }

  /// What may be given up, the least worth first.
  private func candidates() throws -> [Candidate] {
    var found: [Candidate] = []
    for model in try opened.catalog.models() {
      let policy = try opened.details(of: model).policy
      guard policy.budget != nil else { continue }
      for intermediate in try opened.catalog.intermediates(of: model) where intermediate.isStored || intermediate.isPartial {
        guard let gamma = try Worth(opened: opened).gamma(of: intermediate, in: model, policy) else { continue }
        found.append(Candidate(model: model, intermediate: intermediate, gamma: gamma))
      }
    }
    return found.sorted { ($0.gamma.value, $0.intermediate.id) < ($1.gamma.value, $1.intermediate.id) }
  }
}
