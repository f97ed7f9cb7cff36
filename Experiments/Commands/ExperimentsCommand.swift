import ArgumentParser
import ExperimentKit
import Foundation
import Groundwork
import TabularPipelines

@main
struct ExperimentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiments",
    abstract: "Reproduces the experiments of the MISTIQUE paper (SIGMOD 2018) and keeps their results.",
    discussion: """
      Results are in Results/runs/<scale>/<experiment>/: rows.csv (every measurement), provenance.json, claims.json, and the figures with \
      the gnuplot script and data they were drawn from.

        experiments list                          what there is, with time, disk and memory
        experiments run fig6b --scale ci          one experiment by name, alias, figure number or pattern
        experiments run all                       every experiment
        experiments report                        make the page of all runs again: index.html
        experiments run policies --model folder   what each storage policy takes and keeps of your own data
        experiments figures                       draw again from rows.csv
        experiments submit all --scale paper      every experiment, as tasks of a Slurm cluster
        experiments compare --scale ci            compare the runs with Results/baselines; exit status 1 on a regression

      Data is read from --data, MISTIQUE_DATA or Data/. Without any, it is generated from a seed, and every figure says so.
      """,
    subcommands: [
      ListCommand.self, RunCommand.self, ReportCommand.self, FiguresCommand.self, CompareCommand.self, BaselineCommand.self,
      ClaimsCommand.self, SubmitCommand.self, GatherCommand.self, TaskCommand.self,
      BenchCommand.self,
      DataCommand.self, TortureCommand.self, TortureChildCommand.self,
    ])

  /// Errors on standard error with status 1; an interruption with 128 + its signal; 1 or 141 when a standard stream did not take all.
  static func main() {
    StandardStreams.prepare()
    PassiveWaiting.begin()
    do {
      var command = try parseAsRoot()
      try command.run()
      StandardStreams.exit(EXIT_SUCCESS)
    } catch {
      if let cancelled = error as? Cancelled ?? Interruption.request {
        StandardStream.error.line("\(cancelled)")
        StandardStreams.exit(cancelled.exitStatus)
      }
      let status = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty { (status.isSuccess ? StandardStream.output : .error).line(message) }
      StandardStreams.exit(status.rawValue)
    }
  }
}

/// Replaces Swift's `print` in this program, which silently loses what standard output does not accept.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  StandardStream.output.write(items.map { "\($0)" }.joined(separator: separator) + terminator)
}

extension ExperimentKit.Scale: ExpressibleByArgument {}

/// Options that several commands have.
struct CommonOptions: ParsableArguments {
  @Option(help: "How large: smoke (seconds), ci (minutes), small (the default), paper (the paper's own sizes).")
  var scale = ExperimentKit.Scale.standard

  @Option(help: ArgumentHelp("The folder with real data.", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("The folder of results.", valueName: "dir"))
  var results = "Results"

  var folder: ResultsFolder { ResultsFolder(root: URL(fileURLWithPath: results, isDirectory: true)) }

  func settings() throws -> Settings { try Settings(option: data) }

  func laboratory() throws -> Laboratory { try Catalogue.laboratory(try settings()) }

  /// How experiments are run, with the settings of the data.
  func runOptions() throws -> RunOptions {
    var options = RunOptions(scale: scale)
    options.versions = Catalogue.versions
    // Once, at the start: the checkout may be another commit's when the last experiment begins, and the program is not.
    options.source = SourceState.ofExecutable(in: options.sourceDirectory)
    if let variant = try settings().dataVariant(at: scale) { options.configuration["data"] = variant }
    return options
  }
}
