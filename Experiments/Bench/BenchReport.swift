import ExperimentKit
import Foundation
import Groundwork

/// What the benchmarks measured: printed as it comes, kept in `rows.csv` with the columns `bench,metric,unit,value`.
final class BenchReport {
  struct Row {
    let bench: String
    let metric: String
    let unit: String
    let value: Double
  }

  private(set) var rows: [Row] = []
  /// Measurements that came to no finite number.
  private var failures: [String] = []

  func say(_ line: String) { StandardStream.error.line(line) }

  func record(_ bench: String, _ metric: String, _ value: Double, unit: String) {
    guard value.isFinite else {
      failures.append("\(bench) \(metric) is \(value)")
      return say("  FAILED: \(metric) is \(value)")
    }
    rows.append(Row(bench: bench, metric: metric, unit: unit, value: value))
    say("  \(metric) \(Quantity.plain(value)) \(unit)")
  }

  func table() -> String {
    var table = TextTable(header: ["bench", "metric", "value", "unit"])
    for row in rows { table.append([row.bench, row.metric, Quantity.plain(row.value), row.unit]) }
    return table.rendered()
  }

  /// Writes the rows in place of an earlier run's: the file is whole or the old one.
  ///
  /// - Throws: `BenchFailure` when a measurement came to no number, which is an error and not a row; the others are written before.
  func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let lines = rows.map { "\($0.bench),\($0.metric),\($0.unit),\($0.value)" }
    let text = (["bench,metric,unit,value"] + lines).joined(separator: "\n") + "\n"
    let output = try OutputFile(folder.appendingPathComponent("rows.csv"))
    try Array(text.utf8).withUnsafeBytes { bytes in try output.write(bytes) }
    try output.commit()
    guard failures.isEmpty else {
      throw BenchFailure(
        what: "\(failures.joined(separator: ", ")). The other measurements are in \(folder.path). Repeat it on an idle machine.")
    }
  }
}

/// A measurement that says nothing, and why.
struct BenchFailure: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}
