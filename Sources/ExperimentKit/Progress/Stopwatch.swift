import Foundation

/// Elapsed time on the monotonic clock, untouched by changes of the wall clock.
public struct Stopwatch: Sendable {
  private let startSeconds: Double

  /// Starts now.
  public init() {
    startSeconds = Self.nowSeconds()
  }

  public var seconds: Double { Self.nowSeconds() - startSeconds }

  static func nowSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Times one call and hands its result on.
  public static func time<Result>(_ body: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
    let watch = Stopwatch()
    let result = try body()
    return (result, watch.seconds)
  }
}

/// The times of every repetition of one measurement, in order.
public struct Timings: Sendable, Equatable {
  public let seconds: [Double]

  /// Trap: at least one time.
  public init(seconds: [Double]) {
    precondition(!seconds.isEmpty, "timings need at least one repetition")
    self.seconds = seconds
  }

  public var median: Double { Self.median(of: seconds) }
  public var minimum: Double { seconds.min()! }
  public var maximum: Double { seconds.max()! }

  /// The middle value, or the mean of the two middle ones. Trap: `values` is not empty.
  public static func median(of values: [Double]) -> Double {
    precondition(!values.isEmpty, "no median of nothing")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// Runs `body` `warmups` times untimed, then `repetitions` times timed.
///
/// Trap: at least one repetition. Rethrows what `body` throws; nothing is retried.
public func measure(repetitions: Int, warmups: Int = 1, _ body: () throws -> Void) rethrows -> Timings {
  precondition(repetitions > 0 && warmups >= 0, "measure needs at least one repetition")
  for _ in 0..<warmups { try body() }
  var seconds: [Double] = []
  for _ in 0..<repetitions { seconds.append(try Stopwatch.time(body).seconds) }
  return Timings(seconds: seconds)
}

/// The process's peak resident memory, as the kernel counts it (VmHWM).
public enum PeakMemory {
  /// The peak since the process started or `reset` succeeded.
  public static func bytes() throws -> Int64 {
    let status = URL(fileURLWithPath: "/proc/self/status")
    let text = String(decoding: try AtomicFile.read(status), as: UTF8.self)
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap({ Int64($0) })
    else {
      throw ProvenanceError(fact: "peak memory", place: "/proc/self/status (VmHWM)", remedy: "Run where /proc is mounted.")
    }
    return kibibytes * 1024
  }

  /// Starts a new peak. False where the kernel does not allow it; the peak is then the whole process's.
  public static func reset() -> Bool {
    let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return write(descriptor, "5", 1) == 1
  }
}
