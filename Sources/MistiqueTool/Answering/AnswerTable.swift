import Foundation
import Groundwork
import Mistique

/// An answer's table: named columns, whose names need not differ.
struct AnswerTable {
  private(set) var names: [String] = []
  private(set) var columns: [Column] = []

  var rows: Int { columns.first?.count ?? 0 }

  mutating func add(_ name: String, _ column: Column) {
    precondition(columns.isEmpty || column.count == rows, "\(name) has \(column.count) rows, the table \(rows)")
    names.append(name)
    columns.append(column)
  }

  mutating func add(_ name: String, _ numbers: [Double]) { add(name, Column(.float64(numbers))) }

  mutating func add(_ name: String, _ integers: [Int64]) { add(name, Column(.int64(integers))) }

  mutating func add(_ name: String, _ counts: [Int]) { add(name, counts.map(Int64.init)) }

  mutating func add(_ name: String, _ texts: [String]) { add(name, Column(.text(TextValues(texts)))) }

  /// Numbers of which some are missing.
  mutating func add(_ name: String, _ numbers: [Double?]) {
    var present = Validity(count: numbers.count, present: true)
    for place in numbers.indices where numbers[place] == nil { present[place] = false }
    add(name, Column(.float64(numbers.map { $0 ?? 0 }), validity: present))
  }

  /// Integers of which some are missing.
  mutating func add(_ name: String, _ integers: [Int?]) {
    var present = Validity(count: integers.count, present: true)
    for place in integers.indices where integers[place] == nil { present[place] = false }
    add(name, Column(.int64(integers.map { Int64($0 ?? 0) }), validity: present))
  }

  /// A header line, and a line per row; as `mistique get` writes values.
  func csv() -> String {
    var text = names.map(Self.field).joined(separator: ",") + "\n"
    for row in 0..<rows {
      text += columns.map { column in
        guard let cell = CellText.exact(column, row) else { return "" }
        return column.type == .text && cell.isEmpty ? "\"\"" : Self.field(cell)
      }.joined(separator: ",")
      text += "\n"
    }
    return text
  }

  private static func field(_ text: String) -> String {
    let isPlain = !text.isEmpty && !text.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
    return isPlain ? text : "\"" + text.replacingScalars(["\"": "\"\""]) + "\""
  }

  /// Aligned, numbers to the right, a dash for what is missing.
  func text() -> String {
    let lines = (0..<rows).map { row in columns.map { CellText.short($0, row) ?? "-" } }
    return Output.table([names] + lines, numeric: Set(columns.indices.filter { columns[$0].type != .text }))
  }
}
