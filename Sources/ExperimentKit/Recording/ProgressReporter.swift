import Foundation
import Groundwork
import Synchronization

/// Tells how far a long loop is: count, rate, remaining time.
///
/// On a terminal one line updates in place; elsewhere (a log, CI) whole timestamped lines appear at intervals. Safe from any thread.
package final class ProgressReporter: Sendable {
  /// Where the lines go, and how often.
  package struct Output: Sendable {
    let isTerminal: Bool
    let intervalSeconds: Double
    let write: @Sendable (String) -> Void

    package init(isTerminal: Bool, intervalSeconds: Double, write: @escaping @Sendable (String) -> Void) {
      self.isTerminal = isTerminal
      self.intervalSeconds = intervalSeconds
      self.write = write
    }

    /// Standard error: five updates a second on a terminal, a line every ten seconds elsewhere.
    package static let standardError: Output = {
      let isTerminal = StandardStream.error.isTerminal
      return Output(isTerminal: isTerminal, intervalSeconds: isTerminal ? 0.2 : 10) { text in
        StandardStream.error.write(text)
      }
    }()

    package static let silent = Output(isTerminal: false, intervalSeconds: .infinity) { _ in }
  }

  private struct State {
    var done = 0
    var lastShownSeconds: Double
    var isFinished = false
  }

  private let label: String
  private let total: Int
  private let unit: String
  private let output: Output
  private let nowSeconds: @Sendable () -> Double
  private let startSeconds: Double
  private let state: Mutex<State>

  /// `unit` in the plural, as in `images`.
  package convenience init(label: String, total: Int, unit: String, output: Output = .standardError) {
    self.init(label: label, total: total, unit: unit, output: output, clock: Stopwatch.nowSeconds)
  }

  /// With a clock of the caller's, in seconds.
  init(label: String, total: Int, unit: String, output: Output, clock: @escaping @Sendable () -> Double) {
    precondition(total >= 0, "a total is not negative")
    self.label = label
    self.total = total
    self.unit = unit
    self.output = output
    self.nowSeconds = clock
    startSeconds = clock()
    state = Mutex(State(lastShownSeconds: startSeconds))
  }

  /// Counts `count` more units as done.
  package func advance(by count: Int = 1) { change { $0 += count } }

  /// Says that `done` units are done.
  package func advance(to done: Int) { change { $0 = max($0, done) } }

  private func change(_ change: (inout Int) -> Void) {
    let now = nowSeconds()
    state.withLock { state in
      change(&state.done)
      guard !state.isFinished, now - state.lastShownSeconds >= output.intervalSeconds else { return }
      state.lastShownSeconds = now
      show(state.done, at: now, isLast: false)
    }
  }

  /// Prints the last line. Further calls do nothing.
  package func finish() {
    let now = nowSeconds()
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      show(state.done, at: now, isLast: true)
    }
  }

  private func show(_ done: Int, at now: Double, isLast: Bool) {
    guard output.intervalSeconds.isFinite else { return }
    let elapsed = max(now - startSeconds, 1e-9)
    let rate = Double(done) / elapsed
    var line = "\(label): \(done)/\(total) \(unit)"
    if total > 0 { line += " (\(100 * done / total) %)" }
    if done > 0 { line += ", \(Quantity.plain(rate)) \(unit)/s" }
    if isLast {
      line += ", took \(Quantity.seconds(elapsed))"
    } else if done > 0, done < total {
      line += ", \(Quantity.seconds(Double(total - done) / rate)) left"
    }
    if output.isTerminal {
      output.write("\r\u{1B}[K" + line + (isLast ? "\n" : ""))
    } else {
      output.write("\(Date.now.formatted(.iso8601)) \(line)\n")
    }
  }
}
