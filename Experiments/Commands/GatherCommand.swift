import ArgumentParser
import ExperimentKit
import Foundation
import Groundwork

struct GatherCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gather", abstract: "Puts together what the tasks of a cluster have measured, draws and reports.",
    discussion: """
      The last job of a submission does this. By hand it says what is missing and where its log is, and gathers the experiments that are whole; the exit \
      status is then 1. experiments submit, as before, submits only what is missing.

        experiments gather --scale paper
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    Interruption.install()
    let laboratory = try common.laboratory()
    let plan = try ClusterPlan(laboratory, preparations: [], at: common.scale)
    let gatherer = try Gatherer(plan, in: ClusterFolder(of: common.folder, at: common.scale))
    let campaign = try gatherer.gather(laboratory.experiments, runner: Runner(results: common.folder))
    let report = ClosingReport(laboratory: laboratory, common: common)
    guard let missing = gatherer.missingTable(width: RunSummary.terminalWidth) else {
      return try report.end(campaign, reason: "These could not be put together; their tasks' rows are kept.")
    }
    if !campaign.reports.isEmpty { try? report.end(campaign) }
    StandardStream.error.line(
      "\nThese tasks have not measured what they are for; their experiments are not gathered.\n\n\(missing)\n"
        + "Submit only them again: experiments submit, with the words it was submitted with. A task that ran out of time: --time-factor.")
    throw ExitCode.failure
  }
}
