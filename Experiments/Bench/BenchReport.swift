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
  /// - Throws: `BenchFailure` when one came to no number, which is an error and not a row; `MeasurementError` when a metric was measured twice.
  func record(in context: RunContext) throws {
    let failures = state.withLock { $0.failures }
    guard failures.isEmpty else { throw BenchFailure(what: "\(failures.joined(separator: ", ")), on an idle machine perhaps not") }
    for row in rows { try context.record(row.metric, row.value, unit: row.unit, at: [Self.parameter: row.bench]) }
  }

  /// A run's rows for people.
  static func table(of rows: MeasurementTable) -> String {
    var table = TextTable(header: ["bench", "metric", "value", "unit"])
    for row in rows.rows { table.append([row.coordinates[0], row.metric, Quantity.plain(row.value.double), row.unit]) }
    return table.rendered()
  }
}

/// A measurement that says nothing, and why.
struct BenchFailure: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}
