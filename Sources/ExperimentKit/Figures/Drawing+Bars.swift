/// Bars by category and series, checked to be complete.
struct BarGroups {
  let categories: [String]
  let series: [BarSeries]
  /// The share of a category's width that its bars take.
  static let fullWidth = 0.82

  var barWidth: Double { Self.fullWidth / Double(series.count) }

  func position(category: Int, series index: Int) -> Double {
    Double(category) + (Double(index) - Double(series.count - 1) / 2) * barWidth
  }

  /// What is wrong with it; nil when nothing is.
  var problem: String? {
    if categories.isEmpty || series.isEmpty { return "a bar panel has no categories or no series" }
    for one in series {
      if one.values.count != categories.count {
        return "series '\(one.name)' has \(one.values.count) values for \(categories.count) categories"
      }
      if !one.spreads.isEmpty, one.spreads.count != categories.count {
        return "series '\(one.name)' has \(one.spreads.count) spreads for \(categories.count) categories"
      }
      if !one.marked.isEmpty, one.marked.count != categories.count {
        return "series '\(one.name)' has \(one.marked.count) marks for \(categories.count) categories"
      }
    }
    return nil
  }
}

extension Drawing {
  private static let labelPoints = 12
  /// Pixels one character of a value label and of an axis label takes, on average.
  private static let labelCharacter = 10.5
  private static let ticCharacter = 11.0

  mutating func writeBars(_ panel: Panel, _ groups: BarGroups, in cell: PageLayout.Rectangle) throws {
    if let problem = groups.problem { throw bad(problem) }
    let area = barArea(panel, groups, in: cell)
    let values = groups.series.flatMap { $0.values.compactMap(\.self) + $0.spreads.compactMap { $0?.upperBound } }
    let labels = values.map { Self.valueLabel($0, panel.y).count }
    let barPixels = area.width / Double(groups.categories.count) * groups.barWidth
    let marks = groups.series.contains { $0.marked.contains(true) } ? 2 : 0
    let labelPixels = Double((labels.max() ?? 0) + marks) * Self.labelCharacter
    let upright = labelPixels > barPixels * 1.05
    let headroom = min(0.4, ((upright ? labelPixels : 28) + 16) / area.height)
    let range = try barRange(values, panel.y, headroom: headroom)

    writeFrame(panel, area: area)
    writeAxis("y", panel.y, range)
    writeCategories(groups.categories, area: area)
    var elements: [String] = []
    for (index, series) in groups.series.enumerated() {
      let block = addBarBlock(panel, groups, index)
      guard series.values.contains(where: { $0 != nil }) else { continue }
      let source = "'\(name).dat' index \(block)"
      elements.append("\(source) using 1:2:(\(GnuplotText.short(groups.barWidth * 0.92))) with \(style(of: series.name).drawing) notitle")
      if !series.spreads.isEmpty {
        elements.append("\(source) using 1:3:(0):($4-$3) with vectors heads size screen 0.003,90 lc rgb '\(Self.ink)' lw 1.5 notitle")
      }
      // Below this width labels would run into one another even upright.
      if barPixels >= 14 {
        let turn = upright ? "rotate by 90 left offset 0,0.5" : "center offset 0,0.6"
        let font = "\(Self.font(Self.labelPoints)) textcolor rgb '\(Self.ink)' notitle"
        let isBelow = series.values.contains { $0 ?? 0 < 0 }
        elements.append("\(source) using 1:\(isBelow ? "($2 < 0 ? NaN : $4)" : "4"):5 with labels \(turn) \(font)")
        // Labels of bars that hang are below them.
        let hanging = upright ? "rotate by 90 right offset 0,-0.5" : "center offset 0,-0.6"
        if isBelow { elements.append("\(source) using 1:($2 < 0 ? $3 : NaN):5 with labels \(hanging) \(font)") }
      }
    }
    add("plot " + elements.joined(separator: ", \\\n  "))
  }

  mutating func writeStackedBars(_ panel: Panel, _ groups: BarGroups, in cell: PageLayout.Rectangle) throws {
    if let problem = groups.problem { throw bad(problem) }
    guard panel.y.division == .linear else { throw bad("stacked bars need a linear axis") }
    if groups.series.contains(where: { $0.values.contains { ($0 ?? 0) < 0 } }) { throw bad("stacked bars need values of zero or more") }
    let area = barArea(panel, groups, in: cell)
    var tops = [Double](repeating: 0, count: groups.categories.count)
    var elements: [String] = []
    for series in groups.series {
      var lines: [String] = []
      for (category, value) in series.values.enumerated() {
        guard let value, value > 0 else { continue }
        let base = tops[category]
        tops[category] += value
        lines.append("\(category) \(base) \(tops[category]) \(GnuplotText.cell(groups.categories[category]))")
      }
      if lines.isEmpty { continue }
      let block = addBlock(series.name, columns: "position base top category", lines: lines)
      let style = style(of: series.name)
      let half = GnuplotText.short(BarGroups.fullWidth / 2 * 0.85)
      elements.append(
        "'\(name).dat' index \(block) using 1:3:($1-\(half)):($1+\(half)):2:3 with boxxyerror \(style.fill) notitle")
    }
    let totals = tops.enumerated().map { "\($0) \($1) \(GnuplotText.cell(Self.valueLabel($1, panel.y)))" }
    let block = addBlock("totals", columns: "position total label", lines: totals)
    elements.append(
      "'\(name).dat' index \(block) using 1:2:3 with labels center offset 0,0.6 \(Self.font(Self.labelPoints)) "
        + "textcolor rgb '\(Self.ink)' notitle"
    )

    let range = try barRange(tops, panel.y, headroom: min(0.3, 44 / area.height))
    writeFrame(panel, area: area)
    writeAxis("y", panel.y, range)
    writeCategories(groups.categories, area: area)
    add("plot " + elements.joined(separator: ", \\\n  "))
  }

  private mutating func addBarBlock(_ panel: Panel, _ groups: BarGroups, _ index: Int) -> Int {
    let series = groups.series[index]
    let lines = groups.categories.indices.map { category in
      let position = GnuplotText.short(groups.position(category: category, series: index))
      guard let value = series.values[category] else {
        return "\(position) NaN NaN NaN \"\" \(GnuplotText.cell(groups.categories[category]))"
      }
      let spread = series.spreads.isEmpty ? nil : series.spreads[category]
      let isMarked = !series.marked.isEmpty && series.marked[category]
      let label = GnuplotText.cell((isMarked ? BarSeries.mark + " " : "") + Self.valueLabel(value, panel.y))
      return "\(position) \(value) \(spread?.lowerBound ?? value) \(spread?.upperBound ?? value) \(label) "
        + GnuplotText.cell(groups.categories[category])
    }
    return addBlock(series.name, columns: "position value smallest largest label category", lines: lines)
  }

  private mutating func writeCategories(_ categories: [String], area: PageLayout.Rectangle) {
    let tics = categories.enumerated().map { "\(GnuplotText.tic($1)) \($0)" }
    add("set xtics scale 0 (\(tics.joined(separator: ", ")))\(isTilted(categories, area) ? " rotate by 25 right" : "")")
    add("set xrange [-0.6:\(GnuplotText.short(Double(categories.count) - 0.4))]")
  }

  private func isTilted(_ categories: [String], _ area: PageLayout.Rectangle) -> Bool {
    let longest = categories.map(TextTable.columns(of:)).max() ?? 0
    return Double(longest) * Self.ticCharacter > area.width / Double(categories.count) * 0.98
  }

  /// The cell without what stands around the axes.
  private func barArea(_ panel: Panel, _ groups: BarGroups, in cell: PageLayout.Rectangle) -> PageLayout.Rectangle {
    var area = plotArea(panel, in: cell)
    if isTilted(groups.categories, area) {
      let longest = groups.categories.map(TextTable.columns(of:)).max() ?? 0
      area.bottom -= min(cell.height * 0.25, Double(longest) * Self.ticCharacter * 0.42)
    }
    return area
  }

  /// The part of a cell its axes enclose.
  func plotArea(_ panel: Panel, in cell: PageLayout.Rectangle) -> PageLayout.Rectangle {
    let left = panel.y.format == .bytes ? 152.0 : 122.0
    return PageLayout.Rectangle(
      left: cell.left + left, top: cell.top + (panel.title.isEmpty ? 18 : 46), right: cell.right - 28,
      bottom: cell.bottom - (panel.x.label.isEmpty ? 52 : 88))
  }
}
