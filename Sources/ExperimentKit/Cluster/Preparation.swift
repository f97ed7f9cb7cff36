/// Work that several experiments share and that is kept when it is done, such as training a network. It is done once before their tasks begin.
///
/// Whoever finds it not done does it too, so leaving it out costs time and changes no result.
package struct Preparation: Sendable {
  package let name: String
  /// The names of the experiments that need it.
  package let neededBy: Set<String>
  /// What it is expected to take at a scale.
  package let cost: @Sendable (Scale) -> Cost
  /// Does it, or finds it done. Safe to stop at any instant and to start again.
  package let run: @Sendable (RunOptions, RunOutput) throws -> Void

  package init(
    _ name: String, neededBy: Set<String>, cost: @escaping @Sendable (Scale) -> Cost,
    run: @escaping @Sendable (RunOptions, RunOutput) throws -> Void
  ) {
    self.name = name
    self.neededBy = neededBy
    self.cost = cost
    self.run = run
  }
}
