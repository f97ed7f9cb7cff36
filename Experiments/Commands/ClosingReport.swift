import ArgumentParser
import ExperimentKit
import Groundwork

/// What every campaign ends with, whether its experiments ran here or were put together from a cluster's tasks.
struct ClosingReport {
  let laboratory: Laboratory
  let common: CommonOptions

  /// Prints the summary and what failed. Throws: `ExitCode.failure` when something was not completed, judged or drawn.
  func end(_ campaign: Campaign, reason: String = "These were not completed; what the others measured is kept.") throws {
    let width = RunSummary.terminalWidth
    print("\n" + RunSummary(laboratory, results: common.folder).text(at: common.scale, width: width))
    if let failures = campaign.failureTable(width: width) { StandardStream.error.line("\n\(reason)\n\n" + failures) }
    if !campaign.isComplete { throw ExitCode.failure }
  }
}
