import ArgumentParser
import ExperimentKit
import Foundation
import Groundwork
import Mistique

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the experiments with the time, disk and memory they need, and says which fit this machine.",
    discussion: """
      Time, disk and memory are those of a machine with 2 cores. Where there are real Zillow tables, they are for the rows that the scale takes.

        experiments list --scale paper
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    let resources = try Resources.available(for: common.folder.root)
    let width = min(RunSummary.terminalWidth ?? RunSummary.widest, RunSummary.widest)
    print(try common.laboratory().list(at: common.scale, on: resources, width: width), terminator: "")
  }
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs experiments and draws their figures.",
    discussion: """
      The same command resumes an interrupted run and does not repeat what had finished. An experiment that fails does not stop the others; at the \
      end, what failed is listed with the reason, and the exit status is 1. Runs end by making the page of all that was run at the scale, \
      Results/runs/<scale>/index.html.

        experiments run fig6b --scale ci
        experiments run 'fig5*' table2 --scale smoke --repetitions 1
        experiments run policies --model activations

      The experiment policies runs on your own model when --model names one, and on a small generated set of arrays otherwise. all includes it \
      only when --model is given.
      """)

  @Argument(help: "Names, aliases (fig6b), figure numbers (6b; 6 alone is figure 6a), patterns ('fig6*' for both halves), or all.")
  var names: [String]

  @OptionGroup var common: CommonOptions

  @OptionGroup var measuring: MeasuringOptions

  @Option(
    help: ArgumentHelp(
      "policies: your model, a folder of .npy, .npz and .safetensors arrays (or one such file), or the YAML of a pipeline or a network.",
      valueName: "path"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "policies: the network's weights, a safetensors file. Else the file beside the YAML that has its name.", valueName: "file"))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "policies: the network's input, a .npy file with one row per example, or CIFAR-10's folder. Else, for a network of 3 x 32 x 32, the images in --data.",
      valueName: "path"))
  var images: String?

  func validate() throws {
    if model == nil, let option = weights != nil ? "--weights" : images != nil ? "--images" : nil {
      throw ValidationError("\(option) goes with a network's YAML. Name it with --model.")
    }
  }

  private var own: OwnModel? {
    func url(_ path: String) -> URL { URL(fileURLWithPath: path) }
    return model.map { OwnModel(url: url($0), weights: weights.map(url), images: images.map(url)) }
  }

  func run() throws {
    Interruption.install()
    var settings = try common.settings()
    settings.own = own
    let laboratory = try Catalogue.laboratory(settings)
    let isOwn = own != nil && names.contains { $0.lowercased() == "all" }
    let experiments = try laboratory.resolve(isOwn ? names + [Policies.name] : names)
    var options = try measuring.applied(to: common.runOptions())
    if let own {
      guard experiments.contains(where: { $0.name == Policies.name }) else {
        throw ValidationError("--model is for the experiment \(Policies.name): experiments run \(Policies.name) --model \(own.url.path)")
      }
      options.configuration["model"] = own.configuration
    }
    try options.checkTools()
    let campaign = Campaign(experiments, options, runner: Runner(results: common.folder)) { error in
      (error as? StoreError)?.code == .diskFull
    }
    try ClosingReport(laboratory: laboratory, common: common).end(campaign)
  }
}

struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Draws the figures of existing runs again and judges their claims again, from their rows alone.",
    discussion: """
      What cannot be drawn does not stop the others; the exit status is then 1.

        experiments figures
        experiments figures fig5 --scale ci
      """)

  @Argument(help: "Which experiments; all that were run when none is named.")
  var names: [String] = []

  @OptionGroup var common: CommonOptions

  func run() throws {
    let laboratory = try common.laboratory()
    let runner = Runner(results: common.folder)
    let chosen = try names.isEmpty ? laboratory.experiments : laboratory.resolve(names)
    for experiment in chosen { try common.folder.recover(experiment.name, at: common.scale) }
    let there = chosen.filter { FileManager.default.fileExists(atPath: common.folder.rows(of: $0.name, at: common.scale).path) }
    if let missing = names.isEmpty
      ? (there.isEmpty ? chosen.first : nil) : chosen.first(where: { run in !there.contains { $0.name == run.name } })
    {
      throw ValidationError(
        "\(missing.name) was not run at scale \(common.scale). Run it first: experiments run \(missing.name) --scale \(common.scale)")
    }
    try forEachExperiment(there) { experiment in
      let report = try runner.redraw(experiment, at: common.scale)
      for picture in report.pictures { print(picture.path) }
      if !report.faults.isEmpty { throw ValidationError(report.faults.joined(separator: "; ")) }
    }
  }
}
