import ExperimentKit

/// How often re-runs of one question, and rounds of logging, are timed. A long one is disturbed less, and needs fewer repetitions than a short one.
enum Patience {
  /// The first re-run is a warm-up, since it pays for what a process pays once (networks compare the ways to run a batch of a new size), unless it took so
  /// long that this hardly shows. A first one that is warm already counts, and at scales whose patience it outlasts is the only one.
  static func timings<Run>(
    first: Run, isWarm: Bool = false, seconds: (Run) -> Double, context: RunContext, again: () throws -> Run
  ) throws -> [Run] {
    let (patience, longestWarmUp) = Self.seconds(context.scale)
    var runs = isWarm || seconds(first) > longestWarmUp ? [first] : []
    while !isEnough(runs.map(seconds), after: isWarm ? nil : seconds(first), patience: patience, repetitions: context.repetitions) {
      try context.checkCancelled()
      runs.append(try again())
    }
    return runs
  }

  /// Whether another round of logging is timed after rounds that took so long: as often as the run repeats, until the scale's patience with logging is
  /// at its end.
  static func goesOn(after rounds: [Double], context: RunContext) -> Bool {
    !isEnough(rounds, after: nil, patience: loggingSeconds(context.scale), repetitions: context.repetitions)
  }

  /// Whether so many times are enough: as many as the run repeats; or an odd number, which has one in the middle, that would have taken the patience had each
  /// been as short as the shortest. So a disturbed run does not end its own sampling.
  ///
  /// - Parameter warmUp: what the same took before: one time alone is enough only if it is within a fifth of that.
  static func isEnough(_ taken: [Double], after warmUp: Double?, patience: Double, repetitions: Int) -> Bool {
    guard let least = taken.min() else { return false }
    if taken.count >= repetitions { return true }
    guard !taken.count.isMultiple(of: 2), Double(taken.count) * least >= patience else { return false }
    guard taken.count == 1, let warmUp else { return true }
    return abs(warmUp - least) <= 0.2 * min(warmUp, least)
  }

  private static func loggingSeconds(_ scale: ExperimentKit.Scale) -> Double {
    switch scale {
    case .smoke, .ci: 2
    case .small: 10
    case .paper: 120
    }
  }

  private static func seconds(_ scale: ExperimentKit.Scale) -> (patience: Double, longestWarmUp: Double) {
    switch scale {
    case .smoke, .ci: (0.15, 1.5)
    case .small: (1, .infinity)
    case .paper: (60, 120)
    }
  }
}
