import MistiqueStorage

/// Keeps a store within its budget: gives up what saves the least seconds per byte for what saves more.
///
/// What is in rungs gives up its residual first, and the rest when that is not enough: its base still answers questions within its bound.
///
/// Only intermediates of models whose policy has a budget are given up, and only where re-running gives them again: something restores the model here,
/// and its inputs are those that were logged. What is in a file that is missing stays: it may come back, and giving it up makes no room.
struct BudgetKeeper {
  let opened: OpenStore
  let budget: StorageBudget
  /// Of the query that stores something: nothing is given up while others are answered.
  let hold: ReadersLock.Hold

  private struct Candidate {
    let model: CataloguedModel
    let intermediate: CataloguedIntermediate
    let gamma: Gamma

    var id: IntermediateID { IntermediateID(model: model.id, name: intermediate.name) }
  }

  /// Makes room for what is about to be stored, by giving up only what is worth less than each of it.
  ///
  /// - Parameter kept: what runs that are about to start read.
  /// - Returns: whether there is room now. Nothing is given up where the estimates say that there cannot be; what is given up may free less than
  ///   was thought, because others refer to the same chunks.
  func makeRoom(for wanted: [Gamma], keeping kept: Set<IntermediateID>) throws -> Bool {
    let bytes = wanted.reduce(0) { $0 + $1.storedBytes }
    guard bytes <= Double(budget.bytes), let least = wanted.map(\.value).min() else { return false }
    var excess = Double(try opened.catalog.partitionBytes()) + bytes - Double(budget.bytes)
    guard excess > 0 else { return true }
    var chosen: [Candidate] = []
    for candidate in try candidates() where excess > 0 && candidate.gamma.value < least {
      guard !kept.contains(candidate.id), canBeGivenUp(candidate) else { continue }
      chosen.append(candidate)
      excess -= candidate.gamma.storedBytes
    }
    guard excess <= 0 else { return false }
    func isRoom() throws -> Bool { try opened.catalog.partitionBytes() + Int(bytes) <= budget.bytes }
    guard try giveUp(chosen) else { return false }
    return try isRoom() || giveUp(chosen) && isRoom()
  }

  /// Gives up the least worth until the store is within its budget again, as far as that is possible: what was stored may have taken more than was
  /// thought.
  ///
  /// - Returns: what was given up, or its residual was.
  static func enforce(
    after model: CataloguedModel, _ opened: OpenStore, keeping kept: Set<IntermediateID>, _ hold: ReadersLock.Hold
  ) throws -> Set<IntermediateID> {
    var givenUp: Set<IntermediateID> = []
    guard let budget = try opened.details(of: model).policy.budget else { return [] }
    let keeper = BudgetKeeper(opened: opened, budget: budget, hold: hold)
    var bytes = try opened.catalog.partitionBytes()
    if bytes > budget.bytes, hold.upgradeWithoutWaiting() {
      // What was stored anew has left its base behind.
      defer { hold.downgrade() }
      _ = try opened.reclaim(after: model) { _, _ in true }
      bytes = try opened.catalog.partitionBytes()
    }
    while bytes > budget.bytes {
      let least = try keeper.candidates().first { !kept.contains($0.id) && keeper.canBeGivenUp($0) }
      guard let least else { break }
      let keepsBase = try keeper.hasResidual(least)
      guard try keeper.giveUp([least]) else { break }
      givenUp.insert(least.id)
      let left = try opened.catalog.partitionBytes()
      // What gives nothing back is not worth giving up, and neither is what comes after it. A residual may be shared: then the base goes next.
      guard left < bytes || keepsBase else { break }
      bytes = left
    }
    return givenUp
  }

  private func canBeGivenUp(_ candidate: Candidate) -> Bool { opened.canBeRerun(candidate.model) && opened.isThere(candidate.intermediate) }

  private func giveUp(_ chosen: [Candidate]) throws -> Bool {
    guard !chosen.isEmpty else { return true }
    guard hold.upgradeWithoutWaiting() else { return false }
    defer { hold.downgrade() }
    let groups = try Dictionary(grouping: chosen, by: \.model.id).sorted { $0.key < $1.key }.map { _, group in
      let inRungs = try group.filter(hasResidual)
      return (model: group[0].model, inRungs: Set(inRungs.map(\.intermediate.name)), all: Set(group.map(\.intermediate.name)))
    }
    // What is damaged is given up whole, and nothing is demoted beside it.
    for group in groups where group.all != group.inRungs { try opened.giveUp(group.all.subtracting(group.inRungs), of: group.model) }
    for group in groups where !group.inRungs.isEmpty { _ = try opened.demote(group.inRungs, of: group.model) }
    return true
  }

  /// Whether more than its base is stored of an intermediate in rungs. Looked up anew: it may just have been given back. What is damaged is given up whole.
  private func hasResidual(_ candidate: Candidate) throws -> Bool {
    let current = try opened.catalog.intermediates(of: candidate.model).first { $0.id == candidate.intermediate.id }
    do { return try current.map(opened.hasResidual) ?? false } catch let error as StoreError where error.isOfUnreadableData { return false }
  }

  /// What may be given up, the least worth first.
  private func candidates() throws -> [Candidate] {
    var found: [Candidate] = []
    for model in try opened.catalog.models() {
      // A model that is damaged is not given up, and must not keep others from it.
      guard let details = try? opened.details(of: model), details.policy.budget != nil else { continue }
      for intermediate in try opened.catalog.intermediates(of: model) where intermediate.isStored || intermediate.isPartial {
        let columns = intermediate.isPartial ? details.partials[intermediate.name]?.columns.count : nil
        let gamma = try? Worth(opened: opened).gamma(of: intermediate, in: model, details.policy, columns: columns)
        guard let gamma else { continue }
        found.append(Candidate(model: model, intermediate: intermediate, gamma: gamma))
      }
    }
    return found.sorted { ($0.gamma.value, $0.intermediate.id) < ($1.gamma.value, $1.intermediate.id) }
  }
}
