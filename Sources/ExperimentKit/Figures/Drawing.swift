/// A chart turned into gnuplot's words: the script and the data file it reads.
///
/// The script runs twice over itself, first for the PNG, then for the SVG, so that one file draws both and can be restyled in one place.
struct Drawing {
  private(set) var script = ""
  private(set) var data = ""
  let name: String
  let layout: PageLayout
  let styles: [SeriesStyle]
  private var blocks = 0

  static let ink = "#222222"
  static let faint = "#666666"
  /// Vermilion for data that is not the paper's, bluish green for data that is.
  private static let generatedColour = "#D55E00"
  private static let realColour = "#00785A"
  private static let font = "DejaVu Sans"
  /// The script names its type sizes, because gnuplot takes a variable for a font and no expression.
  private static let typeSizes = [9, 11, 12, 13, 15, 21]

  init(_ chart: Chart, name: String, stamp: FigureStamp) throws {
    self.name = name
    styles = try SeriesStyle.assign(to: chart, figure: name)
    layout = PageLayout(chart, legend: styles, stamp: stamp.label)
    data = GnuplotText.comment(chart.title) + GnuplotText.comment(stamp.label) + GnuplotText.comment(stamp.footer)
    writePrologue(chart, stamp)
    writePageFace(chart, stamp)
    for (panel, cell) in zip(chart.panels, layout.cells) { try write(panel, in: cell) }
    script += """
      unset multiplot
      unset output
      pass = pass + 1
      if (pass == 2) load '\(name).gp'

      """
  }

  /// Adds script lines.
  mutating func add(_ text: String) { script += text + "\n" }

  /// Adds a block of data lines under a heading and returns its index for gnuplot.
  mutating func addBlock(_ heading: String, columns: String, lines: [String]) -> Int {
    if blocks > 0 { data += "\n\n" }
    data += GnuplotText.comment(heading) + GnuplotText.comment(columns) + lines.joined(separator: "\n") + "\n"
    blocks += 1
    return blocks - 1
  }

  /// The style of a series. Trap: it was in the chart the styles were assigned for.
  func style(of series: String) -> SeriesStyle {
    styles.first { $0.name == series }!
  }

  private mutating func writePrologue(_ chart: Chart, _ stamp: FigureStamp) {
    let size = "\(Int(PageLayout.width)),\(Int(layout.height))"
    script += GnuplotText.comment(chart.title) + GnuplotText.comment(stamp.label) + GnuplotText.comment(stamp.footer)
    script += """
      # To draw \(name).png and \(name).svg again, in this folder: gnuplot \(name).gp
      if (!exists("pass")) pass = 1
      if (pass == 1) set terminal pngcairo noenhanced size \(size) font '\(Self.font),15' background '#ffffff'
      if (pass == 1) set output '\(name).png'
      if (pass == 2) set terminal svg noenhanced size \(size) font '\(Self.font),20' background '#ffffff'
      if (pass == 2) set output '\(name).svg'
      # Type sizes: pngcairo counts points, svg counts pixels.
      reset
      grow = pass == 1 ? 1.0 : 4.0 / 3.0
      \(Self.typeSizes.map { "type\($0) = sprintf('\(Self.font),%.1f', \($0) * grow)" }.joined(separator: "; "))
      set encoding utf8
      set datafile missing 'NaN'
      set multiplot

      """
  }

  /// A font clause; `points` as on the PNG. Trap: one of `typeSizes`.
  static func font(_ points: Int) -> String {
    precondition(typeSizes.contains(points), "the script defines no type of \(points) points")
    return "font type\(points)"
  }

  /// Title, provenance, legend, notes and foot: a first plot without axes that fills the page.
  private mutating func writePageFace(_ chart: Chart, _ stamp: FigureStamp) {
    let stampColour = stamp.isGenerated ? Self.generatedColour : Self.realColour
    let full = PageLayout.Rectangle(left: 0, top: 0, right: PageLayout.width, bottom: layout.height)
    add("unset border; unset tics; unset key; set xrange [0:1]; set yrange [0:1]")
    add(layout.margins(full))
    label(chart.title, at: (PageLayout.edge, PageLayout.titleBaseline), size: 21, colour: Self.ink)
    for (index, line) in layout.stampLines.enumerated() {
      label(line, at: (PageLayout.edge, layout.stampBaseline(index)), size: 15, colour: stampColour)
    }
    for (index, line) in layout.noteLines.enumerated() {
      label(line, at: (PageLayout.edge, layout.noteBaseline(index)), size: 13, colour: Self.ink)
    }
    label(stamp.footer, at: (PageLayout.edge, layout.footerBaseline), size: 11, colour: Self.faint)
    if !styles.isEmpty {
      add(
        "set key at screen \(layout.x(PageLayout.edge)),\(layout.y(layout.legendTop)) left top horizontal Left reverse "
          + "maxcols \(layout.legendColumns) samplen 2.5 width 1 height 0.2 \(Self.font(15)) textcolor rgb '\(Self.ink)'")
    }
    let entries = styles.map { "keyentry with \($0.drawing) title \(GnuplotText.quoted($0.name))" }
    add("plot " + (["NaN notitle"] + entries).joined(separator: ", \\\n  "))
    add("unset label; unset key")
  }

  private mutating func label(_ text: String, at place: (x: Double, y: Double), size: Int, colour: String) {
    guard !text.isEmpty else { return }
    add(
      "set label \(GnuplotText.quoted(text)) at screen \(layout.x(place.x)),\(layout.y(place.y)) left \(Self.font(size)) "
        + "textcolor rgb '\(colour)'")
  }

  private mutating func write(_ panel: Panel, in cell: PageLayout.Rectangle) throws {
    add("\n# Panel: \(GnuplotText.oneLine(panel.title.isEmpty ? panel.y.label : panel.title))")
    add("set border 3 lw 1.2 lc rgb '#888888'")
    switch panel.content {
    case .bars(let categories, let series):
      try writeBars(panel, BarGroups(categories: categories, series: series), in: cell)
    case .stackedBars(let categories, let series):
      try writeStackedBars(panel, BarGroups(categories: categories, series: series), in: cell)
    case .lines(let series):
      try writeLines(panel, series, in: cell)
    case .heatMap(let map):
      try writeHeatMap(panel, map, in: cell)
    case .pictures(let pictures):
      try writePictures(panel, pictures, in: cell)
    }
  }

  /// Why the chart cannot be drawn.
  func bad(_ problem: String) -> FigureError { .badChart(name, problem: problem) }
}
