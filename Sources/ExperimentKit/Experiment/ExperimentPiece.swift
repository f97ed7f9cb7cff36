/// What one task of a cluster measures: a part of an experiment, or all of one that is not divided.
package struct ExperimentPiece: Sendable, Equatable {
  package let experiment: String
  /// The part's name; nil for an experiment that is not divided.
  package let part: String?
  /// Its place among the experiment's pieces, from 1.
  package let number: Int
  package let cost: Cost

  /// The name of its folder: `fig6b-dnn-storage.part-03`.
  package var folder: String { "\(experiment).part-\(number < 10 ? "0" : "")\(number)" }
  /// For people: `fig6b-dnn-storage, CIFAR10_CNN under LP`.
  package var label: String { part.map { "\(experiment), \($0)" } ?? experiment }

  /// The pieces of an experiment at `scale`, in the order of its rows. Throws: `ExperimentError.noCost`.
  package static func all(of experiment: Experiment, at scale: Scale) throws -> [ExperimentPiece] {
    try experiment.pieces(at: scale).enumerated().map { index, piece in
      ExperimentPiece(experiment: experiment.name, part: piece.name, number: index + 1, cost: piece.cost)
    }
  }
}
