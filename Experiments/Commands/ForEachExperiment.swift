import ArgumentParser
import ExperimentKit
import Groundwork

/// Does the same with several experiments. A failure is reported at once and does not stop the others; the exit status is then 1.
///
/// - Parameter last: what follows when all had their turn, whether or not one failed.
/// - Throws: `Cancelled` at once: Ctrl-C stops all of them.
func forEachExperiment(_ experiments: [Experiment], _ body: (Experiment) throws -> Void, then last: () throws -> Void = {}) throws {
  var hasFailed = false
  for experiment in experiments {
    do { try body(experiment) } catch let error as Cancelled {
      throw error
    } catch {
      hasFailed = true
      StandardStream.error.line("Error: \(experiment.name): \(error)")
    }
  }
  try last()
  if hasFailed { throw ExitCode.failure }
}
