/// Several experiments in a row, none of which stops the others.
package struct Campaign: Sendable {
  /// An experiment that was not completed.
  package struct Failure: Sendable, Equatable {
    package let experiment: String
    /// Why, in one line.
    package let reason: String
  }

  /// Of the experiments that were completed, in their order.
  package private(set) var reports: [RunReport] = []
  package private(set) var failures: [Failure] = []
  /// What stopped all of them before the last one was completed: Ctrl-C.
  package private(set) var stopped: Cancelled?

  /// Runs every experiment. What one throws is printed and kept, and the next one begins.
  package init(_ experiments: [Experiment], _ options: RunOptions, runner: Runner, isOfDisk: (any Error) -> Bool = { _ in false }) {
    self.init(experiments, output: runner.output, isOfDisk: isOfDisk) { try runner.run($0, options) }
  }

  /// Completes every experiment by `complete`. What one throws is printed and kept, and the next one begins, unless the disk is full or cannot be
  /// written at all.
  ///
  /// - Parameter isOfDisk: knows further errors of a disk that is full.
  package init(
    _ experiments: [Experiment], output: RunOutput, isOfDisk: (any Error) -> Bool = { _ in false },
    complete: (Experiment) throws -> RunReport
  ) {
    for (place, experiment) in experiments.enumerated() {
      do {
        reports.append(try complete(experiment))
      } catch {
        // What was interrupted may fail in many ways.
        if let cancelled = error as? Cancelled ?? Interruption.request {
          stopped = cancelled
          return
        }
        let failure = Failure(experiment: experiment.name, reason: Self.line(error))
        failures.append(failure)
        output.line("  FAILED: \(failure.experiment): \(failure.reason)")
        // The next one could write nothing either.
        if (error as? FileError)?.isOfDisk == true || isOfDisk(error) {
          let left = experiments.count - place - 1
          if left > 0 { output.line("  Not begun: \(left) more.") }
          return
        }
      }
    }
  }

  /// Whether every experiment was completed, with all its figures drawn and all its claims judged. A claim of the paper that does not hold is a
  /// result; one that could not be judged and a figure that could not be drawn are faults.
  package var isComplete: Bool {
    stopped == nil && failures.isEmpty && reports.allSatisfy(\.faults.isEmpty)
  }

  /// A table of what failed, for a terminal of `width` columns (unlimited when nil); nil when nothing did.
  package func failureTable(width: Int? = nil) -> String? {
    guard !failures.isEmpty else { return nil }
    var table = TextTable(header: ["not completed", "why"])
    for failure in failures { table.append([failure.experiment, failure.reason]) }
    return table.rendered(width: width)
  }

  private static func line(_ error: any Error) -> String {
    "\(error)".split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: " ")
  }
}
