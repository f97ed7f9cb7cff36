import ArgumentParser
import ExperimentKit
import Foundation

/// What a task of a cluster runs.
struct TaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Measures one task of a submission.", shouldDisplay: false)

  enum TaskStage: String, ExpressibleByArgument { case prepare, measure }

  @Argument var number: Int
  @Option var submission: String
  @Option var stage: TaskStage

  /// How long a task that was started again waits for its first start, whose node may only seem dead.
  private static let patienceSeconds = 300.0

  func run() throws {
    Interruption.install()
    let root = URL(fileURLWithPath: submission, isDirectory: true)
    // The scale is in the record; the folder's only tells where pieces are.
    let record = try ClusterFolder(root: root, scale: .standard).submission()
    var options = try record.options()
    // This node's own: rows that other kernels made are not gathered with them.
    options.versions.merge(Catalogue.versions) { $1 }
    let settings = try Settings(option: record.configuration.dataDirectory, environment: [:])
    let laboratory = try Catalogue.laboratory(settings)
    let plan = try ClusterPlan(laboratory, preparations: Preparations.all(settings), at: options.scale)
    switch stage {
    case .prepare:
      try plan.preparation(number).run(options, .terminal)
    case .measure:
      let (experiment, piece) = try plan.task(number)
      let runner = Runner(results: ClusterFolder(root: root, scale: options.scale).pieces)
      try runner.measure(piece, of: experiment, options, patience: Self.patienceSeconds)
    }
  }
}
