/// Aligned plain text for a terminal, cut to its width.
///
/// Columns are as wide as their widest cell; when the line would be too long, the widest columns give way first and cells wrap at spaces.
package struct TextTable: Sendable {
  private let header: [String]
  private var rows: [[String]] = []
  private static let gap = "  "
  private static let narrowestColumn = 8

  package init(header: [String]) {
    self.header = header
  }

  /// Trap: the row must have as many cells as the header.
  package mutating func append(_ row: [String]) {
    precondition(row.count == header.count, "a table row needs \(header.count) cells")
    rows.append(row)
  }

  /// The table as text; `width` in characters, unlimited when nil.
  package func rendered(width: Int? = nil) -> String {
    let all = [header] + rows
    var widths = header.indices.map { column in all.map { Self.columns(of: $0[column]) }.max() ?? 0 }
    if let width {
      let room = max(width - Self.gap.count * (header.count - 1), header.count * Self.narrowestColumn)
      while widths.reduce(0, +) > room, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
        widths[widest] > Self.narrowestColumn
      {
        widths[widest] -= 1
      }
    }
    var lines = all.prefix(1).flatMap { Self.lines(of: $0, widths: widths) }
    lines.append(widths.map { String(repeating: "-", count: $0) }.joined(separator: Self.gap))
    lines += all.dropFirst().flatMap { Self.lines(of: $0, widths: widths) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(of row: [String], widths: [Int]) -> [String] {
    let cells = zip(row, widths).map { wrapped($0, to: $1) }
    let height = cells.map(\.count).max() ?? 1
    return (0..<height).map { index in
      let line = zip(cells, widths).map { cell, width in
        let text = index < cell.count ? cell[index] : ""
        return text + String(repeating: " ", count: max(0, width - columns(of: text)))
      }.joined(separator: gap)
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// Breaks at spaces where it can and inside a word where it must; honours line breaks.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        var word = String(word)
        if !line.isEmpty, columns(of: line) + 1 + columns(of: word) <= width {
          line += " " + word
          continue
        }
        if !line.isEmpty { lines.append(line) }
        while columns(of: word) > width {
          let head = word.prefix(max(1, width / (columns(of: word) / word.count + 1)))
          let cut = columns(of: word) == word.count ? word.prefix(width) : head
          lines.append(String(cut))
          word.removeFirst(cut.count)
        }
        line = word
      }
      lines.append(line)
    }
    return lines
  }

  /// Terminal columns: wide characters (CJK, emoji) take two.
  package static func columns(of text: String) -> Int {
    text.reduce(0) { sum, character in
      let wide = character.unicodeScalars.contains { scalar in
        (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value) || (0xAC00...0xD7A3).contains(scalar.value)
          || (0xF900...0xFAFF).contains(scalar.value) || (0xFF00...0xFF60).contains(scalar.value) || scalar.value >= 0x1F300
      }
      return sum + (wide ? 2 : 1)
    }
  }
}
