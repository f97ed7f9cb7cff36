import Foundation

/// Elapsed time on the monotonic clock, untouched by changes of the wall clock.
package struct Stopwatch: Sendable {
  private let startSeconds: Double

  /// Starts now.
  package init() {
    startSeconds = Self.nowSeconds()
  }

  package var seconds: Double { Self.nowSeconds() - startSeconds }

  static func nowSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Times one call and hands its result on.
  package static func time<Result>(_ body: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
    let watch = Stopwatch()
    let result = try body()
    return (result, watch.seconds)
  }
}

/// The times of every repetition of one measurement, in order.
package struct Timings: Sendable, Equatable {
  package let seconds: [Double]

  /// Trap: at least one time.
  package init(seconds: [Double]) {
    precondition(!seconds.isEmpty, "timings need at least one repetition")
    self.seconds = seconds
  }

  package var median: Double { Self.median(of: seconds) }
  package var minimum: Double { seconds.min()! }
  package var maximum: Double { seconds.max()! }

  /// The middle value, or the mean of the two middle ones. Trap: `values` is not empty.
  package static func median(of values: [Double]) -> Double {
    precondition(!values.isEmpty, "no median of nothing")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// Runs `body` `warmups` times untimed, then `repetitions` times timed.
///
/// Trap: at least one repetition. Rethrows what `body` throws; nothing is retried.
package func measure(repetitions: Int, warmups: Int = 1, _ body: () throws -> Void) rethrows -> Timings {
  precondition(repetitions > 0 && warmups >= 0, "measure needs at least one repetition")
  for _ in 0..<warmups { try body() }
  var seconds: [Double] = []
  for _ in 0..<repetitions { seconds.append(try Stopwatch.time(body).seconds) }
  return Timings(seconds: seconds)
}
