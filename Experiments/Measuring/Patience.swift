import ExperimentKit

/// How often re-runs of one question are timed. A long one is disturbed less, and needs fewer repetitions than a short one.
enum Patience {
  /// The first re-run is a warm-up, since it pays for what a process pays once (networks compare the ways to run a batch of a new size), unless it took so
  /// long that this hardly shows. Then re-runs are timed as often as the run repeats, until they have taken the scale's patience together.
  static func timings<Run>(
    first: Run, seconds: (Run) -> Double, context: RunContext, again: () throws -> Run
  ) throws -> [Run] {
    let (patience, longestWarmUp) = Self.seconds(context.scale)
    var runs = seconds(first) > longestWarmUp ? [first] : []
    while runs.count < context.repetitions, runs.reduce(0, { $0 + seconds($1) }) < patience {
      try context.checkCancelled()
      runs.append(try again())
    }
    return runs
  }

  /// Whether another round of logging is timed after rounds that took so long: as often as the run repeats, until the scale's patience with logging is
  /// at its end.
  static func goesOn(after rounds: [Double], context: RunContext) -> Bool {
    guard !rounds.isEmpty else { return true }
    return rounds.count < context.repetitions && rounds.reduce(0, +) < loggingSeconds(context.scale)
  }

  private static func loggingSeconds(_ scale: ExperimentKit.Scale) -> Double {
    switch scale {
    case .smoke, .ci: 2
    case .small: 10
    case .paper: 600
    }
  }

  private static func seconds(_ scale: ExperimentKit.Scale) -> (patience: Double, longestWarmUp: Double) {
    switch scale {
    case .smoke, .ci: (0.15, 1.5)
    case .small: (1, 3)
    case .paper: (60, 120)
    }
  }
}
