import ExperimentKit
import Foundation
import Groundwork

/// What the commands write: results to standard output, everything else to standard error.
///
/// A stream that does not accept its output is not an error of the command; it decides the program's exit status (see ``StandardStreams/exit(_:)``).
enum Output {
  static func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }

  /// With a separator between thousands, the same in every locale.
  static func grouped(_ number: Int) -> String { Quantity.grouped(number) }

  /// `1 row is`, `2,000 rows are`.
  static func counted(_ number: Int, _ one: String, _ many: String) -> String { "\(grouped(number)) \(number == 1 ? one : many)" }

  static func seconds(_ seconds: Double) -> String { String(format: seconds < 0.1 ? "%.4f s" : "%.2f s", seconds) }

  /// A line on standard error.
  static func note(_ text: String) { StandardStream.error.line(text) }

  /// Replaces the line of progress, on a terminal only.
  static func progress(_ text: String) {
    guard isTerminal else { return }
    StandardStream.error.write("\r\u{1B}[K\(text)")
  }

  static func endProgress() { if isTerminal { StandardStream.error.write("\r\u{1B}[K") } }

  private static let isTerminal = StandardStream.error.isTerminal

  /// Control characters, line breaks among them, as spaces: a cell stays on its line.
  static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  /// Rows of cells, each on one line, in columns as wide as their widest cell, indented by two; `numeric` columns are aligned to the right.
  static func table(_ rows: [[String]], numeric: Set<Int> = []) -> String {
    let rows = rows.map { $0.map(oneLine) }
    let width = rows.map(\.count).max() ?? 0
    let widths = (0..<width).map { column in rows.map { column < $0.count ? TextTable.columns(of: $0[column]) : 0 }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - TextTable.columns(of: cell))
        return numeric.contains(column) ? padding + cell : cell + padding
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    return lines.joined(separator: "\n")
  }
}

/// Replaces Swift's `print` in this program, which silently loses what standard output does not accept.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  StandardStream.output.write(items.map { "\($0)" }.joined(separator: separator) + terminator)
}
