import ArgumentParser
import ExperimentKit
import Foundation

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Holds runs to their baselines; exit status 1 on a regression or a missing measurement.")

  @Argument(help: "Which experiments; all when none is named.")
  var names: [String] = []

  @OptionGroup var common: CommonOptions

  func run() throws {
    let laboratory = try common.laboratory()
    let experiments = try names.isEmpty ? laboratory.experiments : laboratory.resolve(names)
    var regressed: [String] = []
    for experiment in experiments {
      if try Runner(results: common.folder).compare(experiment, at: common.scale).isRegression { regressed.append(experiment.name) }
    }
    if !regressed.isEmpty {
      print("Regressed: \(regressed.joined(separator: ", ")). If the new numbers are right: make baseline REASON=\"why\".")
      throw ExitCode.failure
    }
  }
}

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "Makes the runs the baselines that later runs are held to.")

  @Argument(help: "Which experiments; all when none is named.")
  var names: [String] = []

  @Option(help: "Why these numbers are the right ones; kept beside the baseline.")
  var reason: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let laboratory = try common.laboratory()
    for experiment in try names.isEmpty ? laboratory.experiments : laboratory.resolve(names) {
      try Runner(results: common.folder).setBaseline(experiment, at: common.scale, reason: reason)
    }
  }
}
