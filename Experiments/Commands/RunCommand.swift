import ArgumentParser
import ExperimentKit
import Foundation

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the experiments with what they take.")

  @OptionGroup var common: CommonOptions

  func run() throws { print(try common.laboratory().list(at: common.scale)) }
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs experiments and draws their figures.",
    discussion: "An interrupted run is taken up again by the same command; what it had finished is not measured twice.")

  @Argument(help: "Names, aliases (fig6), figure numbers (6), patterns ('fig*'), or all.")
  var names: [String]

  @OptionGroup var common: CommonOptions

  @Option(help: "Seed of everything that is drawn at random.")
  var seed: UInt64 = 2018

  @Option(help: "How often a timed measurement is repeated.")
  var repetitions = 3

  @Flag(help: "Run even what is stated not to fit this machine.")
  var force = false

  @Flag(help: "Figure 6: encode and count what would be stored, and keep no partitions; done by itself where the disk is too small.")
  var measureOnly = false

  func validate() throws {
    guard repetitions > 0 else { throw ValidationError("--repetitions must be at least 1.") }
  }

  func run() throws {
    Interruption.install()
    let settings = try common.settings()
    let laboratory = try Catalogue.laboratory(settings)
    let experiments = try laboratory.resolve(names)
    let runner = Runner(results: common.folder)
    var options = RunOptions(scale: common.scale)
    options.seed = seed
    options.repetitions = repetitions
    options.force = force
    options.versions = Catalogue.versions
    if measureOnly { options.configuration[StorageMeasurement.measureOnly] = "counted, not kept" }
    if let variant = settings.dataVariant { options.configuration["data"] = variant }
    let reports = try experiments.map { try runner.run($0, options) }
    print("\n" + RunSummary(laboratory, results: common.folder).text(at: common.scale, width: RunSummary.terminalWidth))
    // A claim of the paper that does not hold is a result. A claim that could not be judged and a figure that could not be drawn are faults.
    if reports.contains(where: { !$0.figureFailures.isEmpty || $0.claims.contains { claim in claim.outcome == .error } }) {
      throw ExitCode.failure
    }
  }
}

struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Draws the figures of existing runs again, from their rows alone.")

  @Argument(help: "Which experiments; all that were run when none is named.")
  var names: [String] = []

  @OptionGroup var common: CommonOptions

  func run() throws {
    let laboratory = try common.laboratory()
    let runner = Runner(results: common.folder)
    let chosen = try names.isEmpty ? laboratory.experiments : laboratory.resolve(names)
    let there = chosen.filter { FileManager.default.fileExists(atPath: common.folder.rows(of: $0.name, at: common.scale).path) }
    if let missing = names.isEmpty
      ? (there.isEmpty ? chosen.first : nil) : chosen.first(where: { run in !there.contains { $0.name == run.name } })
    {
      throw ValidationError(
        "\(missing.name) was not run at scale \(common.scale). Run it first: experiments run \(missing.name) --scale \(common.scale)")
    }
    for experiment in there {
      for picture in try runner.redraw(experiment, at: common.scale) { print(picture.path) }
    }
  }
}
