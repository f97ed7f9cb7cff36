import ArgumentParser
import ExperimentKit
import Foundation
import Groundwork

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Makes the page of what runs found again, from their rows alone.",
    discussion: """
      It writes index.html, which fetches nothing, and REPORT.md: the paper's figures and tables in its order, our numbers beside its own, what holds and \
      what does not. Runs end by making both; this command makes them again. What the page shows as in error is printed too; the exit status is then 1. A folder of published results serves as well as one of runs.

        experiments report --scale ci
        experiments report --results Results/published/2-cores --output /tmp/page
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("Where to put the two files; beside the rows when it is left out.", valueName: "dir"))
  var output: String?

  func run() throws {
    let folder = try ReportFolder(common.folder.root, at: common.scale)
    let (files, faults) = try Self.write(common, folder, to: output.map { URL(fileURLWithPath: $0, isDirectory: true) })
    for file in files { print(file.path) }
    for fault in faults { StandardStream.error.line("Error: \(fault)") }
    if !faults.isEmpty { throw ExitCode.failure }
  }

  /// Makes the report of a folder. Returns the page and the text, and what they show as in error.
  static func write(_ common: CommonOptions, _ folder: ReportFolder, to output: URL? = nil) throws -> (files: [URL], faults: [String]) {
    let report = try Report(
      of: try common.laboratory(), in: folder, outline: PaperOrder.outline, renderer: FigureRenderer())
    return (try report.write(to: output), report.faults)
  }
}
