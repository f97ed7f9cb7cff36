/// Text as GitHub's Markdown shows it unchanged.
package enum MarkdownText {
  /// The most characters that a comment on GitHub may have.
  package static let commentLimit = 65_536

  /// A cell of a table, or any text within one line: what would be markup, a new line or a new cell is escaped.
  package static func cell(_ text: String) -> String {
    var cell = ""
    // By scalars: a combining mark must not hide the character before it.
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": cell += "&amp;"
      case "<": cell += "&lt;"
      case ">": cell += "&gt;"
      case "|", "\\", "`", "*", "[", "]", "~": cell += "\\\(scalar)"
      // No name in a measured row is meant for a person.
      case "@": cell += "&#64;"
      case "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": cell += " "
      default: cell.unicodeScalars.append(scalar)
      }
    }
    return cell
  }

  /// A row of a table.
  package static func row(_ cells: [String]) -> String { "| " + cells.map(cell).joined(separator: " | ") + " |\n" }

  /// The two lines that begin a table.
  package static func header(_ names: [String]) -> String {
    "| " + names.joined(separator: " | ") + " |\n|" + String(repeating: "---|", count: names.count) + "\n"
  }
}
