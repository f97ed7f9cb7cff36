import ExperimentKit
import Groundwork
import Synchronization

/// What the benchmarks measured: printed as it comes, and recorded in the run when all of it is there.
final class BenchReport: Sendable {
  private struct Row {
    let bench: String
    let metric: String
    let unit: String
    let value: Double
  }

  /// The parameter of a bench's rows: which part measured it.
  static let parameter = "bench"

  private struct State {
    var rows: [Row] = []
    /// Measurements that came to no finite number.
    var failures: [String] = []
  }

  private let state = Mutex(State())
  private var rows: [Row] { state.withLock { $0.rows } }

  func say(_ line: String) { StandardStream.error.line(line) }

  func record(_ bench: String, _ metric: String, _ value: Double, unit: String) {
    guard value.isFinite else {
      state.withLock { $0.failures.append("\(bench) \(metric) is \(value)") }
      return say("  FAILED: \(metric) is \(value)")
    }
    state.withLock { $0.rows.append(Row(bench: bench, metric: metric, unit: unit, value: value)) }
    say("  \(metric) \(Quantity.plain(value)) \(unit)")
  }

  /// Records every measurement in a run, under its own name.
  ///
  /// - Throws: `MeasurementError` when a metric was measured twice.
  func record(in context: RunContext) throws {
    for row in rows { try context.record(row.metric, row.value, unit: row.unit, at: [Self.parameter: row.bench]) }
  }

  func table() -> String {
    var table = TextTable(header: ["bench", "metric", "value", "unit"])
    for row in rows { table.append([row.bench, row.metric, Quantity.plain(row.value), row.unit]) }
    return table.rendered()
  }

  /// - Throws: `BenchFailure` when a measurement came to no number, which is an error and not a row; the others are in `place`.
  func checkFailures(keptIn place: String) throws {
    let failures = state.withLock { $0.failures }
    guard failures.isEmpty else {
      throw BenchFailure(
        what: "\(failures.joined(separator: ", ")). The other measurements are in \(place). Repeat it on an idle machine.")
    }
  }
}

/// A measurement that says nothing, and why.
struct BenchFailure: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}
