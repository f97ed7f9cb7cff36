/// The tasks that a laboratory's experiments make at one scale, numbered, with what each is expected to take. The numbers of one build do not change.
package struct ClusterPlan: Sendable {
  package let scale: Scale
  /// Every piece of every experiment that can be run at the scale; a task's number is its place.
  package let pieces: [ExperimentPiece]
  package let preparations: [Preparation]
  private let experiments: [Experiment]

  /// Throws: `RunError` when an experiment declares two parts of one name.
  package init(_ laboratory: Laboratory, preparations: [Preparation], at scale: Scale) throws {
    self.scale = scale
    self.preparations = preparations
    experiments = laboratory.experiments.filter { $0.costs[scale] != nil }
    pieces = try experiments.flatMap { experiment in
      let pieces = try ExperimentPiece.all(of: experiment, at: scale)
      var seen: Set<String> = []
      if let twice = pieces.compactMap(\.part).first(where: { !seen.insert($0).inserted }) {
        throw RunError.partOutOfOrder(twice, after: twice)
      }
      return pieces
    }
  }

  /// The experiment a task belongs to, and what it measures of it. Throws: `ClusterError.noTask`.
  package func task(_ number: Int) throws -> (experiment: Experiment, piece: ExperimentPiece) {
    guard pieces.indices.contains(number), let experiment = experiments.first(where: { $0.name == pieces[number].experiment }) else {
      throw ClusterError.noTask(number, count: pieces.count)
    }
    return (experiment, pieces[number])
  }

  /// Throws: `ClusterError.noTask`.
  package func preparation(_ number: Int) throws -> Preparation {
    guard preparations.indices.contains(number) else { throw ClusterError.noTask(number, count: preparations.count) }
    return preparations[number]
  }

  /// Each of the experiments that `names` holds once, in the catalogue's order.
  package func inOrder(_ names: [String]) -> [String] { experiments.map(\.name).filter(names.contains) }

  /// The numbers of an experiment's tasks, in the order of its rows.
  package func tasks(of experiment: String) -> [Int] { pieces.indices.filter { pieces[$0].experiment == experiment } }
}
