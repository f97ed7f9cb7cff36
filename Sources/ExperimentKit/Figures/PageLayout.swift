import Foundation

/// Where everything is on the page, in pixels from the top left corner.
struct PageLayout {
  struct Rectangle: Equatable {
    var left, top, right, bottom: Double
    var width: Double { right - left }
    var height: Double { bottom - top }
  }

  static let width = 1600.0
  static let edge = 44.0
  static let titleBaseline = 44.0
  private static let stampBaseline = 88.0
  private static let legendTop = 118.0
  private static let legendLineHeight = 36.0
  private static let stampLineHeight = 26.0
  private static let noteLineHeight = 28.0
  private static let footerHeight = 48.0
  /// How many characters of a note fit on a line.
  private static let noteCharacters = 148
  /// How many characters of what the data are fit on a line.
  private static let stampCharacters = 124

  let height: Double
  let legendTop: Double
  let legendColumns: Int
  let stampLines: [String]
  let noteLines: [String]
  /// One cell per panel, with its title, axes and labels inside.
  let cells: [Rectangle]

  init(_ chart: Chart, legend: [SeriesStyle], stamp: String) {
    stampLines = TextTable.wrapped(stamp, to: Self.stampCharacters)
    legendTop = Self.legendTop + Double(max(0, stampLines.count - 1)) * Self.stampLineHeight
    let longest = legend.map { TextTable.columns(of: $0.name) }.max() ?? 0
    let fitting = Int((Self.width - 2 * Self.edge) / (Double(longest) * 13 + 96))
    legendColumns = max(1, min(legend.count, fitting))
    let legendLines = (legend.count + legendColumns - 1) / legendColumns
    noteLines = chart.notes.flatMap { TextTable.wrapped($0, to: Self.noteCharacters) }

    let columns = chart.columns ?? Self.columns(for: chart.panels.count)
    let rows = (chart.panels.count + columns - 1) / columns
    let top = legendTop + (legend.isEmpty ? 0 : Double(legendLines) * Self.legendLineHeight + 12)
    let bottom = Self.footerHeight + Double(noteLines.count) * Self.noteLineHeight + 16
    let isHeatMap = chart.panels.allSatisfy { if case .heatMap = $0.content { true } else { false } }
    let cellHeight = rows == 1 ? max(420, 1000 - top - bottom) : (isHeatMap ? 360 : 450)
    height = (top + Double(rows) * cellHeight + bottom).rounded()
    let cellWidth = (Self.width - 2 * 20) / Double(columns)
    cells = chart.panels.indices.map { index in
      let left = 20 + Double(index % columns) * cellWidth
      let cellTop = top + Double(index / columns) * cellHeight
      return Rectangle(left: left, top: cellTop, right: left + cellWidth, bottom: cellTop + cellHeight)
    }
  }

  private static func columns(for panels: Int) -> Int {
    switch panels {
    case 1: 1
    case 2, 4: 2
    default: 3
    }
  }

  func x(_ pixels: Double) -> String { GnuplotText.short(pixels / Self.width) }
  func y(_ pixels: Double) -> String { GnuplotText.short(1 - pixels / height) }

  /// The commands that put the axes of a plot exactly on `area`.
  func margins(_ area: Rectangle) -> String {
    "set lmargin at screen \(x(area.left)); set rmargin at screen \(x(area.right))\n"
      + "set tmargin at screen \(y(area.top)); set bmargin at screen \(y(area.bottom))"
  }

  /// The line of what the data are, and their spacing.
  func stampBaseline(_ index: Int) -> Double { Self.stampBaseline + Double(index) * Self.stampLineHeight }

  /// The line on which the notes begin, and their spacing.
  func noteBaseline(_ index: Int) -> Double {
    height - Self.footerHeight - Double(noteLines.count - index) * Self.noteLineHeight + 8
  }

  var footerBaseline: Double { height - 24 }
}
