extension Drawing {
  /// Viridis at nine stops: even to the eye, readable with any colour vision and in grey. gnuplot 5.4 does not bring it.
  private static let palette = ["#440154", "#472D7B", "#3B528B", "#2C728E", "#21918C", "#28AE80", "#5EC962", "#ADDC30", "#FDE725"]

  /// Pixels that a character of a label takes.
  private static let mapLabelCharacter = 9.0

  mutating func writeHeatMap(_ panel: Panel, _ map: HeatMap, in cell: PageLayout.Rectangle) throws {
    guard let width = map.rows.first?.count, width > 0 else { throw bad("a heat map is empty") }
    guard map.rows.allSatisfy({ $0.count == width }) else { throw bad("the rows of a heat map differ in length") }
    guard map.rowLabels.count == map.rows.count else {
      throw bad("a heat map has \(map.rowLabels.count) labels for \(map.rows.count) rows")
    }
    guard map.columnLabels.isEmpty || map.columnLabels.count == width else {
      throw bad("a heat map has \(map.columnLabels.count) labels for \(width) columns")
    }
    let values = map.rows.joined()
    if let broken = values.first(where: { !$0.isFinite }) { throw bad("a heat map holds \(broken)") }
    let range = map.range ?? (values.min()!...values.max()!)

    var area = plotArea(panel, in: cell)
    area.right -= 92
    // Room for labels: the widest of the rows at the left, and of the columns below where they do not fit side by side.
    let labelWidth = map.rowLabels.map(TextTable.columns(of:)).max() ?? 0
    // gnuplot takes labels for wider than they are when it places the axis's name beside them.
    let axisLabel = panel.y.label.isEmpty ? 0.0 : 40 + 2.5 * Double(labelWidth)
    area.left += max(0, min(cell.width * 0.25, Double(labelWidth) * Self.mapLabelCharacter + axisLabel - 90))
    let columnWidth = map.columnLabels.map(TextTable.columns(of:)).max() ?? 0
    let isTilted = Double(columnWidth) * Self.mapLabelCharacter > area.width / Double(width) * 0.98
    if isTilted { area.bottom -= min(cell.height * 0.3, Double(columnWidth) * Self.mapLabelCharacter * 0.5) }
    writeFrame(panel, area: area)
    add("unset grid; set border 0; set xtics scale 0.3; set format x '%g'; set format y '%g'")
    let colours = Self.palette.enumerated().map { "\($0) '\($1)'" }.joined(separator: ", ")
    add("set palette defined (\(colours)); set cbrange [\(range.lowerBound):\(Self.top(of: range))]")
    let boxLeft = layout.x(area.right + 14)
    let boxSize = "\(GnuplotText.short(16 / PageLayout.width)),\(GnuplotText.short(area.height / layout.height))"
    add("set colorbox user origin screen \(boxLeft),\(layout.y(area.bottom)) size screen \(boxSize) noborder")
    add("set cbtics scale 0.4 \(Self.font(11)); set format cb '%g'")
    let tics = map.rowLabels.enumerated().map { "\(GnuplotText.tic($1)) \($0)" }
    add("set ytics scale 0 (\(tics.joined(separator: ", "))) \(Self.font(map.rows.count > 12 ? 9 : 12))")
    if !map.columnLabels.isEmpty {
      let tics = map.columnLabels.enumerated().map { "\(GnuplotText.tic($1)) \($0)" }
      add("set xtics scale 0 (\(tics.joined(separator: ", "))) \(Self.font(width > 16 ? 9 : 12))\(isTilted ? " rotate by 25 right" : "")")
    }
    add("set xrange [-0.5:\(Double(width) - 0.5)]; set yrange [\(Double(map.rows.count) - 0.5):-0.5]")
    let lines = map.rows.enumerated().flatMap { row, values in values.enumerated().map { "\($0) \(row) \($1)" } }
    let block = addBlock(panel.title.isEmpty ? "heat map" : panel.title, columns: "column row value", lines: lines)
    // Drawn as rectangles: as an image it would be a second file beside the SVG.
    add("plot '\(name).dat' index \(block) using 1:2:3 with image pixels notitle")
  }

  /// gnuplot refuses an empty colour range.
  private static func top(of range: ClosedRange<Double>) -> Double {
    range.lowerBound < range.upperBound ? range.upperBound : range.lowerBound + max(abs(range.lowerBound), 1)
  }
}
