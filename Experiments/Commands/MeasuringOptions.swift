import ArgumentParser
import ExperimentKit

/// How experiments are measured, here or by tasks of a cluster.
struct MeasuringOptions: ParsableArguments {
  @Option(help: "Seed of all random numbers.")
  var seed: UInt64 = 2018

  @Option(help: "How often a timed measurement is repeated.")
  var repetitions = 3

  @Flag(help: "Run even what does not fit this machine.")
  var force = false

  @Flag(help: "Figure 6: encode and count what would be stored, and keep no partitions; automatic where the disk is too small.")
  var measureOnly = false

  func validate() throws {
    guard repetitions > 0 else { throw ValidationError("--repetitions is \(repetitions); give at least 1.") }
  }

  func applied(to options: RunOptions) -> RunOptions {
    var options = options
    options.seed = seed
    options.repetitions = repetitions
    options.force = force
    if measureOnly { options.configuration[Catalogue.measureOnly] = "counted, not kept" }
    return options
  }
}
