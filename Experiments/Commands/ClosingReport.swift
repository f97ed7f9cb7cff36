import ArgumentParser
import ExperimentKit
import Groundwork

/// What every campaign ends with, its page included, whether its experiments ran here or were put together from a cluster's tasks.
struct ClosingReport {
  let laboratory: Laboratory
  let common: CommonOptions

  /// Prints the summary and what failed. Throws: `ExitCode.failure` when something was not completed, judged or drawn; `Cancelled` when Ctrl-C stopped
  /// the campaign: what was completed by then is reported all the same.
  func end(_ campaign: Campaign, reason: String = "These were not completed; what the others measured is kept.") throws {
    let width = RunSummary.terminalWidth
    print("\n" + RunSummary(laboratory, results: common.folder).text(at: common.scale, width: width))
    let isReported = report(campaign)
    if let failures = campaign.failureTable(width: width) { StandardStream.error.line("\n\(reason)\n\n" + failures) }
    if let stopped = campaign.stopped { throw stopped }
    if !campaign.isComplete || !isReported { throw ExitCode.failure }
  }

  /// Makes the page of all runs at this scale, those of other commands included. What goes wrong is printed: the rows are kept all the same.
  private func report(_ campaign: Campaign) -> Bool {
    guard !campaign.reports.isEmpty else { return true }
    do {
      let report = try ReportCommand.write(common, ReportFolder(runs: common.folder, at: common.scale))
      print("The page: \(report.files[0].path)")
      return true
    } catch {
      StandardStream.error.line(
        "Error: the page was not made: \(error)\nEvery row that was measured is kept. Then: experiments report --scale \(common.scale)")
      return false
    }
  }
}
