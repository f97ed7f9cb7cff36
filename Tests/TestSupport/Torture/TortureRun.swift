import Foundation

/// A property that does not hold, thrown by the case that found it.
public struct BrokenProperty: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// Runs the cases of a random tester one after the other: counts, times and names them, and stops loudly where one does not end.
///
/// The number of the case under way stands in a file at any moment, in memory shared with the kernel: a case that ends the process is found
/// there. A watchdog ends the process when one case takes longer than `longestSeconds`.
public struct TortureRun {
  public let name: String
  public let settings: TortureSettings
  /// No case may take longer; generous, because other tests run at the same time, and a machine may have more to do than it can.
  public var longestSeconds = 300
  /// No case may raise the process's peak memory by more.
  public var largestGrowth = 3 << 30
  /// A run stops after so many broken properties.
  public var mostFailures = 20

  public init(_ name: String, _ settings: TortureSettings) {
    self.name = name
    self.settings = settings
  }

  /// What a run came to.
  public struct Report: Sendable {
    /// One text for each broken property, with how to run its case alone. Empty when all held.
    public fileprivate(set) var failures: [String] = []
    public fileprivate(set) var cases: UInt64 = 0
    /// How often each outcome was met: a tester that only ever meets one tests nothing.
    public fileprivate(set) var outcomes: [String: Int] = [:]
  }

  /// Runs `body` once per case. What it returns names the outcome, to be counted; what it throws is a broken property.
  public func run(_ body: (UInt64, inout SeededRandom) throws -> String) -> Report {
    let note = CaseNote(name: name, settings: settings)
    let watchdog = Watchdog(note: note, name: name, settings: settings, seconds: longestSeconds)
    defer { watchdog.stop() }
    var report = Report()
    var slowest = (number: settings.first, nanoseconds: UInt64(0))
    let (start, memory) = (DispatchTime.now().uptimeNanoseconds, Self.peakBytes)
    var peak = memory
    var (before, said) = (start, start)
    for number in settings.numbers {
      note.number = number
      var random = settings.random(number)
      do {
        report.outcomes[try body(number, &random), default: 0] += 1
      } catch {
        report.failures.append("\(name), case \(number): \(error)\n  alone: \(settings.alone(number))")
        report.outcomes["BROKEN", default: 0] += 1
        // At once, and not only at the end: a run of hours may be stopped.
        print("torture: BROKEN: \(report.failures.last!)")
        if report.failures.count >= mostFailures { break }
      }
      report.cases += 1
      let now = DispatchTime.now().uptimeNanoseconds
      if now - before > slowest.nanoseconds { slowest = (number, now - before) }
      before = now
      if now - said > Self.sayNanoseconds {
        said = now
        print("torture: \(name): \(report.cases) cases so far, \(report.outcomes["BROKEN"] ?? 0) broken")
      }
      if number & 255 == 0, case let now = Self.peakBytes, now > peak {
        if now - peak > largestGrowth {
          report.failures.append("\(name): \(now - peak) bytes more memory within 256 cases before \(number)")
        }
        peak = now
      }
    }
    let seconds = Double(before - start) / 1e9
    let outcomes = report.outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print(
      "torture: \(name): \(report.cases) cases from \(settings.first), seed \(settings.seed), in \(Self.text(seconds)) s, "
        + "\(Int(Double(report.cases) / max(seconds, 1e-9))) per second: \(outcomes); slowest \(Self.text(Double(slowest.nanoseconds) / 1e6)) ms "
        + "(case \(slowest.number)), peak memory + \((Self.peakBytes - memory) >> 20) MB; more: \(settings.variable)=N "
        + "MISTIQUE_TORTURE_FIRST=\(settings.first + report.cases)")
    return report
  }

  /// A long run says every minute how far it is.
  private static let sayNanoseconds: UInt64 = 60_000_000_000

  private static func text(_ value: Double) -> String { String(format: "%.1f", value) }

  private static var peakBytes: Int {
    var usage = rusage()
    getrusage(0, &usage)  // RUSAGE_SELF, an enum of another type where Glibc is imported
    return Int(usage.ru_maxrss) << 10
  }
}
