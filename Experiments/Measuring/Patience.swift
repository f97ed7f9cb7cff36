import ExperimentKit

/// How long re-runs of one question are repeated. A long one is disturbed less, and needs fewer repetitions than a short one.
enum Patience {
  /// Re-runs that have taken so many seconds together are not repeated.
  static func seconds(_ scale: ExperimentKit.Scale) -> Double {
    switch scale {
    case .smoke, .ci: 0.5
    case .small: 2
    case .paper: 60
    }
  }
}
