import Foundation
import Mistique
import TabularPipelines

/// Values of columns as text.
enum CellText {
  /// As a CSV file has it, before quoting; `nil` when it is missing.
  static func exact(_ column: Column, _ row: Int) -> String? { CSVWriter.text(of: column, row: row) }

  /// As a table for people has it: six significant digits, and whole numbers without a point.
  static func short(_ column: Column, _ row: Int) -> String? {
    guard column.isPresent(row) else { return nil }
    switch column.values {
    case .float32(let values): return short(Double(values[row]))
    case .float64(let values): return short(values[row])
    default: return exact(column, row)
    }
  }

  static func short(_ number: Double) -> String {
    if number.isNaN { return "nan" }
    if let whole = Int64(exactly: number), abs(number) < 1e15 { return "\(whole)" }
    return number.isFinite ? String(format: "%.6g", number) : number > 0 ? "inf" : "-inf"
  }

  /// An integer as the column's type writes it: a date as a day, a truth value as a word.
  static func text(_ integer: Int64, as type: ColumnType) -> String {
    let values: Column.Values =
      switch type {
      case .boolean: .boolean([integer != 0])
      case .date: .date([Int32(truncatingIfNeeded: integer)])
      case .timestamp: .timestamp([integer])
      default: .int64([integer])
      }
    return exact(Column(values), 0)!
  }
}
