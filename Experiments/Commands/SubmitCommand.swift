import ArgumentParser
import ExperimentKit
import Foundation
import Groundwork

struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Runs experiments as tasks of a Slurm cluster.",
    discussion: """
      The folder of results and this executable must be where all nodes find them. Training comes first, then an array of tasks (a network under one \
      policy, a pipeline, a whole experiment whose times are compared with each other), then a job that puts together, draws and reports as run does. \
      The same command again submits only what is not measured yet, after a failure, scancel, or a time limit that was too short.

        experiments submit all --scale paper --partition batch --at-once 10
        experiments submit fig6b --scale small --dry-run
        experiments submit all --scale paper --time-factor 6 --sbatch=--account=vision --sbatch=--exclusive
      """)

  @Argument(help: "Names, aliases (fig6b), figure numbers (6b; 6 alone is figure 6a), patterns ('fig6*' for both halves), or all.")
  var names: [String]

  @OptionGroup var common: CommonOptions
  @OptionGroup var measuring: MeasuringOptions

  @Option(help: "The partition; the cluster's default when not given.")
  var partition: String?

  @Option(help: "A task's time limit, as a multiple of the time that experiments list shows.")
  var timeFactor = SlurmOptions().timeFactor

  @Option(help: "A task's memory, as a multiple of the memory that experiments list shows.")
  var memoryFactor = SlurmOptions().memoryFactor

  @Option(help: "Processors of a task. Training on another number gives other bits.")
  var cpus = SlurmOptions().processors

  @Option(help: "How many tasks of an array run at once; as many as there is room for when not given.")
  var atOnce: Int?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("One more option of sbatch, such as --account=vision; may be repeated.", valueName: "option"))
  var sbatch: [String] = []

  @Flag(help: "Print the scripts, and submit nothing.")
  var dryRun = false

  @Flag(help: "Remove what an earlier submission has measured, and begin anew.")
  var fresh = false

  func validate() throws {
    for (name, factor) in [("--time-factor", timeFactor), ("--memory-factor", memoryFactor)] {
      guard factor > 0, factor <= 1_000 else { throw ValidationError("\(name) is \(factor); give a number above 0, at most 1000.") }
    }
    guard cpus > 0 else { throw ValidationError("--cpus is \(cpus); give at least 1.") }
    if let atOnce, atOnce < 1 { throw ValidationError("--at-once is \(atOnce); give at least 1.") }
    for option in sbatch where !option.hasPrefix("-") || option.contains(where: \.isNewline) {
      throw ValidationError("--sbatch is '\(option)'; give one option of sbatch, such as --sbatch=--account=vision.")
    }
    for reserved in ["--array", "--dependency", "--output", "--chdir", "--parsable", "--wrap"] {
      if sbatch.contains(where: { $0.hasPrefix(reserved) }) { throw ValidationError("--sbatch: \(reserved) is set by this command.") }
    }
  }

  func run() throws {
    Interruption.install()
    let settings = try common.settings()
    let laboratory = try common.laboratory()
    let experiments = try laboratory.resolve(names)
    let options = try measuring.applied(to: common.runOptions())
    let plan = try ClusterPlan(laboratory, preparations: Preparations.all(settings), at: common.scale)
    let submission = try Submission(
      options, experiments: experiments.map(\.name), dataDirectory: Settings.namedDirectory(option: common.data))
    try Submitter(plan, in: ClusterFolder(of: common.folder, at: common.scale)).submit(
      submission, slurm, gathering: gathering, isFresh: fresh, isDryRun: dryRun)
  }

  private var slurm: SlurmOptions {
    var options = SlurmOptions()
    options.partition = partition
    (options.timeFactor, options.memoryFactor, options.processors, options.atOnce) = (timeFactor, memoryFactor, cpus, atOnce)
    options.further = sbatch
    return options
  }

  /// What the last job runs, with the results where they are now.
  private var gathering: [String] {
    ["gather", "--scale", common.scale.rawValue, "--results", common.folder.root.absoluteURL.standardizedFileURL.path]
  }
}
