extension Drawing {
  mutating func writeLines(_ panel: Panel, _ series: [LineSeries], in cell: PageLayout.Rectangle) throws {
    if let empty = series.first(where: { $0.points.isEmpty }) { throw bad("series '\(empty.name)' has no points") }
    let area = plotArea(panel, in: cell)
    let points = series.flatMap(\.points)
    let heights = points.flatMap { [$0.y] + ($0.spread.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    let xRange = try pointRange(points.map(\.x), panel.x, fromZero: false)
    let yRange = try pointRange(heights, panel.y, fromZero: true)

    writeFrame(panel, area: area)
    writeAxis("x", panel.x, xRange)
    // Counts are not halved: 1, 2, 3 models rather than 1, 1.5, 2.
    let counts = points.map(\.x)
    if panel.x.division == .linear, counts.allSatisfy({ $0 == $0.rounded() }), xRange.upperBound - xRange.lowerBound <= 14 {
      add("set xtics 1")
    }
    writeAxis("y", panel.y, yRange)
    add("set grid xtics ytics lt 1 lc rgb '#E2E2E2' lw 1")
    var elements: [String] = []
    for one in series {
      let lines = one.points.map { "\($0.x) \($0.y) \($0.spread?.lowerBound ?? $0.y) \($0.spread?.upperBound ?? $0.y)" }
      let block = addBlock(
        panel.title.isEmpty ? one.name : "\(panel.title): \(one.name)", columns: "x y smallest largest", lines: lines)
      let style = style(of: one.name)
      if one.points.contains(where: { $0.spread != nil }) {
        elements.append(
          "'\(name).dat' index \(block) using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 "
            + "lc rgb '\(style.colour)' lw 1.5 notitle"
        )
      }
      elements.append("'\(name).dat' index \(block) using 1:2 with \(style.drawing) notitle")
    }
    add("plot " + elements.joined(separator: ", \\\n  "))
  }
}
