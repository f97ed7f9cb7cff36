import ExperimentKit
import Foundation
import Mistique
import TabularPipelines

/// Our CSV reader beside `pandas.read_csv` on the scale's table of properties, in turn, page cache warm: more than 1 means that ours is
/// faster.
///
/// With types inferred on both sides, and with types known on both sides. pandas' own engine infers in two ways, of which the faster is
/// compared with; it uses one core, and ours all. Where pyarrow is installed, its engine, which uses all cores too, is compared with besides.
struct CSVBench {
  let file: URL
  let pandas: PandasPeer
  let repetitions: Int
  let report: BenchReport

  func run() throws {
    let bytes = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    report.say("Reading \(file.lastPathComponent), \(Quantity.bytes(Double(bytes))), beside pandas \(pandas.versions["pandas"] ?? "")")
    let table = try CSVReader().read(file)
    try Self.compare(table.frame, try pandas.readCSV(file, ["low_memory": false], digest: true))
    let ways: [[String: Any]] = [["low_memory": false], ["low_memory": true]]
    let times = try ways.map { way in try (0..<2).map { _ in try pandas.readCSV(file, way).seconds }.min()! }
    let inferred = try paired(ours: CSVReader(), theirs: times[0] <= times[1] ? ways[0] : ways[1])
    let typed = try paired(ours: CSVReader(schema: table.schema), theirs: ["low_memory": false, "typed": true])
    report.record("pipelines", "csv_read_mb_per_s", Double(bytes) / Timings.median(of: inferred.map(\.ours)) / 1e6, unit: "MB/s")
    report.record("pipelines", "csv_read_vs_pandas", Timings.median(of: inferred.map(\.ratio)), unit: "1")
    report.record("pipelines", "csv_read_typed_vs_pandas_typed", Timings.median(of: typed.map(\.ratio)), unit: "1")
    if pandas.versions["pyarrow"] != nil {
      let arrow = try paired(ours: CSVReader(), theirs: ["engine": "pyarrow"])
      report.record("pipelines", "csv_read_vs_pandas_pyarrow", Timings.median(of: arrow.map(\.ratio)), unit: "1")
    }
  }

  private struct Pair {
    let ours: Double
    let theirs: Double
    var ratio: Double { theirs / ours }
  }

  private func paired(ours reader: CSVReader, theirs options: [String: Any]) throws -> [Pair] {
    try (0...max(5, repetitions)).map { _ in
      let own = try Stopwatch.time { try reader.read(file).frame.rowCount }.seconds
      return Pair(ours: own, theirs: try pandas.readCSV(file, options).seconds)
    }.dropFirst().map { $0 }  // the first touches memory that neither process ever used
  }

  /// Both must have read the same, or the times are of two different things: rows, columns, present values, and the sums of numbers.
  private static func compare(_ ours: DataFrame, _ theirs: PandasPeer.Reading) throws {
    let columns = theirs.columns ?? []
    guard ours.rowCount == theirs.rows, ours.names == columns.map(\.name) else {
      throw BenchFailure(
        what: "pandas read \(theirs.rows) rows of \(columns.count) columns, ours \(ours.rowCount) of \(ours.names.count)")
    }
    for (column, their) in zip(ours.columns, columns) {
      let present = column.count - column.missingCount
      guard present == their.present else {
        throw BenchFailure(what: "column \(their.name): pandas read \(their.present) values, ours \(present)")
      }
      guard let sum = their.sum, let numbers = column.doubles else { continue }
      let own = numbers.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
      guard abs(own - sum) <= 1e-9 * max(1, abs(sum)) else {
        throw BenchFailure(what: "column \(their.name): the sum is \(sum) in pandas and \(own) in ours")
      }
    }
  }
}
