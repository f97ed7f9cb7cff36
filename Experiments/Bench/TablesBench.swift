import ExperimentKit
import Foundation
import Groundwork
import Mistique

/// The four questions of a layout asked of tables, wide, middling and narrow, under frames of several sizes: why frames of tables are as large
/// as they are.
struct TablesBench {
  let scratch: URL
  let repetitions: Int
  let report: BenchReport

  private static let shapes: [(name: String, columns: Int, rows: Int)] = [
    ("wide", 2000, 20_000), ("middling", 200, 20_000), ("narrow", 50, 100_000),
  ]
  /// `nil`: as the store chooses them.
  private static let kilobytes: [Int?] = [nil, 64, 32, 16, 8]

  /// What is asked of a table.
  private enum Question: String, CaseIterable {
    /// Three columns of one row: POINTQ.
    case point
    /// All rows of a column: COL_DIST.
    case column
    /// All columns of a row.
    case row
    /// All columns of ten scattered rows: ROW_DIFF, KNN.
    case tenRows = "ten_rows"
    /// Everything: SVCCA, VIS.
    case table
  }

  func run() throws {
    for shape in Self.shapes {
      report.say("A table of \(shape.columns) columns x \(shape.rows) rows")
      let table = MixedTable(columns: shape.columns, rows: shape.rows)
      for kilobytes in Self.kilobytes {
        let folder = scratch.appendingPathComponent("table")
        try? FileManager.default.removeItem(at: folder)  // that of the layout before
        let logged = try FloorStore(
          logging: table.frame, .init(groupsSimilarColumns: true), .init(frameBytes: kilobytes.map { $0 << 10 }), in: folder)
        try logged.openPartitions()
        try ask(logged.intermediate(0), of: table, "\(shape.name).\(kilobytes.map { "\($0)kb" } ?? "chosen")", logged)
      }
    }
  }

  private func ask(_ stored: FloorIntermediate, of table: MixedTable, _ name: String, _ logged: FloorStore) throws {
    report.record("tables", "\(name).bytes", Double(logged.fileBytes), unit: "B")
    for question in Question.allCases {
      var repetition = 0
      var touched: FloorIntermediate.Touched?
      let count = question == .table ? max(2, repetitions) : max(9, repetitions)
      let seconds = try measure(repetitions: count) {
        let (columns, rows) = asked(question, of: table, repetition: repetition)
        let read = try stored.readColumns(columns, rows: rows)
        if repetition == 0 { touched = read.touched }
        repetition += 1
        guard let row = rows?.first, let column = columns.first else { return }
        guard read.columns[0].slice(0..<1).isIdentical(to: table.frame.columns[column].slice(row..<row + 1)) else {
          throw BenchFailure(what: "row \(row) of column \(column) came back changed: this is a defect of the store")
        }
      }.median
      report.record("tables", "\(name).\(question.rawValue)_seconds", seconds, unit: "s")
      report.record("tables", "\(name).\(question.rawValue)_frames", Double(touched?.frames ?? 0), unit: "frames")
      report.record("tables", "\(name).\(question.rawValue)_decoded", Double(touched?.decodedBytes ?? 0), unit: "B")
    }
  }

  /// Others for every repetition, so that nothing is answered from a processor's cache.
  private func asked(_ question: Question, of table: MixedTable, repetition: Int) -> (columns: [Int], rows: [Int]?) {
    let (columns, rows) = (table.frame.columns.count, table.frame.rowCount)
    let (column, row) = ((3 + repetition * 7) % (columns - 2), (17 + repetition * 397) % rows)
    switch question {
    case .point: return (Array(column..<column + 3), [row])
    case .column: return ([column], nil)
    case .row: return (Array(0..<columns), [row])
    case .tenRows: return (Array(0..<columns), Array(Set((0..<10).map { ($0 * rows / 10 + repetition * 31 + $0 * 7) % rows })).sorted())
    case .table: return (Array(0..<columns), nil)
    }
  }
}

/// A table of columns as tables have them: measurements, prices, years with gaps, categories and flags, in turn.
struct MixedTable {
  let frame: DataFrame

  init(columns: Int, rows: Int) {
    var random = SplitMix64(seed: 2018)
    frame = DataFrame(
      rowIDs: .first(rows),
      columns: (0..<columns).map { place in
        let name = "column \(place)"
        switch place % 5 {
        case 0: return (name, Column(.float64((0..<rows).map { _ in random.uniform() + random.uniform() + random.uniform() - 1.5 })))
        case 1: return (name, Column(.float64((0..<rows).map { _ in (random.uniform() * random.uniform() * 1e8).rounded() / 100 })))
        case 2:
          var present = Validity(count: rows, present: true)
          for row in 0..<rows where random.next() % 9 == 0 { present[row] = false }
          return (name, Column(.int64((0..<rows).map { _ in 2016 - Int64(random.uniform() * random.uniform() * 120) }), validity: present))
        case 3: return (name, Column(.int64((0..<rows).map { _ in Int64(random.uniform() * random.uniform() * 12) })))
        default: return (name, Column(.boolean((0..<rows).map { _ in random.next() % 5 == 0 })))
        }
      })
  }
}
