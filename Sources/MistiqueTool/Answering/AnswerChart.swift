import ExperimentKit
import Foundation

/// The charts that answers are drawn as.
enum AnswerChart {
  /// A bar panel of more categories cannot be read.
  static let mostBars = 40
  /// Each cell of a heat map is a rectangle of the picture.
  static let mostCells = 100_000

  /// One bar per category. Values that are no numbers are left out, as are categories beyond `mostBars`.
  static func bars(title: String, of categories: [String], category: String, value: String, _ values: [Double]) throws -> Chart {
    try bars(title: title, of: categories, category: category, value: value, [(value, values)])
  }

  /// One bar per category and series.
  static func bars(
    title: String, of categories: [String], category: String, value: String, _ series: [(name: String, values: [Double])]
  ) throws -> Chart {
    let shown = min(categories.count, mostBars)
    guard series.contains(where: { $0.values.prefix(shown).contains(where: \.isFinite) }) else { throw nothing(title) }
    // Two categories of one name would be drawn on top of one another nowhere, but read as one.
    let bars = series.map { one in BarSeries(one.name, values: one.values.prefix(shown).map { $0.isFinite ? $0 : nil }) }
    let panel = Panel(
      x: Axis(category), y: Axis(value), .bars(categories: categories.prefix(shown).map(short), bars))
    return Chart(
      title: title, panels: [panel], notes: shown < categories.count ? ["The first \(shown) of \(categories.count) are drawn."] : [])
  }

  /// Points, joined in their order or not; those that are no numbers are left out.
  static func points(
    title: String, x: Axis, y: Axis, _ series: [(name: String, points: [(x: Double, y: Double)])], joined: Bool
  ) throws -> Chart {
    let lines = series.compactMap { one -> LineSeries? in
      let points = one.points.filter { $0.x.isFinite && $0.y.isFinite }.map { LineSeries.Point(x: $0.x, y: $0.y) }
      return points.isEmpty ? nil : LineSeries(one.name, points: points, joined: joined)
    }
    guard !lines.isEmpty else { throw nothing(title) }
    return Chart(title: title, panels: [Panel(x: x, y: y, .lines(lines))])
  }

  /// A heat map; columns with a value that is no number are left out.
  static func heatMap(
    title: String, x: String, y: String, rows: [String], columns: [String], _ values: [[Double]], notes: [String] = []
  ) throws -> Chart {
    let drawn = columns.indices.filter { column in values.allSatisfy { $0[column].isFinite } }
    guard !drawn.isEmpty, !values.isEmpty else { throw nothing(title) }
    guard drawn.count * values.count <= mostCells else {
      throw QuestionError(
        "--plot", "the picture would have \(values.count) x \(drawn.count) cells, and at most \(mostCells) are drawn",
        remedy: "Ask for fewer columns, or for one number per neuron with --map mean")
    }
    let map = HeatMap(
      rowLabels: rows.map(short), columnLabels: drawn.count <= mostBars ? drawn.map { short(columns[$0]) } : [],
      rows: values.map { row in drawn.map { row[$0] } })
    let missing = columns.count - drawn.count
    return Chart(
      title: title, panels: [Panel(x: Axis(x), y: Axis(y), .heatMap(map))],
      notes: notes + (missing > 0 ? ["\(missing) of \(columns.count) columns are left out: a group of theirs has no number."] : []))
  }

  /// A label that leaves room for others.
  static func short(_ text: String) -> String { text.count > 28 ? "\(text.prefix(27))…" : text }

  private static func nothing(_ title: String) -> QuestionError {
    QuestionError("--plot", "there is no number to draw in \"\(title)\"", remedy: "Omit --plot, or ask for columns with numbers")
  }
}

extension Chart {
  /// The chart with one more sentence under it.
  func with(note: String) -> Chart {
    var chart = self
    chart.notes.append(note)
    return chart
  }
}
