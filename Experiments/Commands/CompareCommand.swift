import ArgumentParser
import ExperimentKit
import Foundation
import Groundwork

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compares runs with their baselines; exit status 1 on a regression or a missing measurement.",
    discussion: """
      Bytes and counts must be equal, or within the tolerance that the experiment states; times are compared as ratios. A claim that held must hold; \
      one that newly holds is reported. Runs of another commit than the checkout's are compared, and doubted: run them again.

        experiments compare --scale ci
        experiments compare fig6b --scale ci
        experiments compare --scale ci --markdown > comment.md    a table for a pull request; everything else goes to standard error
        experiments compare --scale ci --twice    what regressed in times or claims alone is run once more, and counts if it regresses again
      """)

  @Argument(help: "Which experiments; when none is named, all, and those with a baseline that only run by name.")
  var names: [String] = []

  @Flag(help: "Run once more what regressed in nothing but times and claims.")
  var twice = false

  @Flag(help: "Print a Markdown table that fits a comment on a pull request, what is missing first.")
  var markdown = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    Interruption.install()
    let laboratory = try common.laboratory()
    let baselines = try common.folder.baselines(at: common.scale)
    let experiments = try names.isEmpty ? laboratory.guarded(baselines) : laboratory.resolve(names)
    let options = try common.runOptions()
    let runner = Runner(results: common.folder, output: markdown ? .standardError : .terminal)
    var comparisons: [Comparison] = []
    var failures = names.isEmpty ? lost(laboratory, baselines) : []
    for failure in failures { StandardStream.error.line("Error: \(failure.experiment): \(failure.reason)") }
    try forEachExperiment(experiments) { experiment in
      do {
        comparisons.append(try twice ? runner.compareTwice(experiment, options) : runner.compare(experiment, at: common.scale))
      } catch {
        failures.append(.init(experiment: experiment.name, reason: "\(error)"))
        throw error
      }
    } then: {
      if markdown {
        print(ComparisonTable(comparisons, failures: failures, at: common.scale).markdown(), terminator: "")
      } else {
        sayDoubts(comparisons)
      }
      let regressed = comparisons.filter(\.isRegression)
      guard !regressed.isEmpty else {
        if !failures.isEmpty { throw ExitCode.failure }
        return
      }
      guard !markdown else { throw ExitCode.failure }
      // Once more, at the end: a log is read from there, and often nothing else of it is kept.
      print(regressed.map(\.regressionText).joined(separator: "\n"))
      print(
        "Regressed: \(regressed.map(\.experiment).joined(separator: ", ")). If the new numbers are right: make baseline REASON=\"why\".")
      throw ExitCode.failure
    }
  }

  /// Which runs say nothing of the checkout, and how to measure it. Once for all of them: a log is read from its end.
  private func sayDoubts(_ comparisons: [Comparison]) {
    let elsewhere = comparisons.filter { $0.otherCheckout != nil }
    guard let checkout = elsewhere.first?.otherCheckout else { return }
    let names = elsewhere.map(\.experiment).joined(separator: " ")
    print(
      "\(elsewhere.count) of \(comparisons.count) runs are not of the checkout, which is at \(checkout): what is said of them is not said of it. "
        + "Run them again: experiments run \(names) --scale \(common.scale)")
  }

  /// Experiments that have a baseline and are no longer in the catalogue: nobody would notice that they guard nothing.
  private func lost(_ laboratory: Laboratory, _ baselines: [String]) -> [ComparisonTable.Failure] {
    baselines.filter { name in !laboratory.experiments.contains { $0.name == name } }.map {
      .init(
        experiment: $0,
        reason:
          "it has a baseline, and there is no experiment of that name. Bring it back, or remove its files from Results/baselines/\(common.scale)."
      )
    }
  }
}

extension Laboratory {
  /// What `all` means, and what only runs by name but has a baseline.
  fileprivate func guarded(_ baselines: [String]) -> [Experiment] {
    let usual = Set(usual.map(\.name))
    return experiments.filter { usual.contains($0.name) || baselines.contains($0.name) }
  }
}

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "Makes the runs the baselines of later comparisons.",
    discussion: """
        experiments baseline fig6b --scale ci --reason "frames have a shorter header"
      """)

  @Argument(help: "Which experiments; when none is named, all, and those with a baseline that only run by name.")
  var names: [String] = []

  @Flag(help: "Take runs of a source with changes that were not committed.")
  var dirty = false

  @Option(help: "Why these numbers are the right ones; kept beside the baseline.")
  var reason: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let laboratory = try common.laboratory()
    let baselines = try common.folder.baselines(at: common.scale)
    for experiment in try names.isEmpty ? laboratory.guarded(baselines) : laboratory.resolve(names) {
      try Runner(results: common.folder).setBaseline(experiment, at: common.scale, reason: reason, allowsDirty: dirty)
    }
  }
}
