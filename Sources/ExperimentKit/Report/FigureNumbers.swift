import Foundation

/// A chart's numbers as tables, ours beside the paper's: for those who cannot read the picture, and to see ratios where two machines differ.
struct FigureNumbers: Sendable, Equatable {
  /// The numbers of one panel.
  struct Table: Sendable, Equatable {
    let title: String
    let header: [String]
    /// The first cell names the row; a number that does not exist is nil.
    let rows: [(name: String, cells: [Cell?])]
    /// Whether the paper's numbers are among them.
    let hasPaper: Bool

    static func == (left: Self, right: Self) -> Bool {
      left.title == right.title && left.header == right.header && left.hasPaper == right.hasPaper
        && left.rows.map(\.name) == right.rows.map(\.name) && left.rows.map(\.cells) == right.rows.map(\.cells)
    }
  }

  struct Cell: Sendable, Equatable {
    let value: Double
    let text: String
  }

  let tables: [Table]

  /// No table for panels of colours or pictures, whose rows are in `rows.csv`.
  init(_ chart: Chart) { tables = chart.panels.compactMap(Self.table) }

  private struct Column {
    let name: String
    let role: SeriesRole
    let values: [Double?]
  }

  private static func table(_ panel: Panel) -> Table? {
    let names: [String]
    let columns: [Column]
    switch panel.content {
    case .bars(let categories, let series), .stackedBars(let categories, let series):
      names = categories
      columns = series.filter { $0.values.count == categories.count }.map { Column(name: $0.name, role: $0.role, values: $0.values) }
    case .lines(let series):
      let places = Set(series.flatMap { $0.points.map(\.x) }).sorted()
      // A curve of every single pipeline or question is a picture's matter.
      guard places.count <= 60 else { return nil }
      names = places.map { name(of: $0, panel.x) }
      columns = series.map { one in
        let values = Dictionary(one.points.map { ($0.x, $0.y) }) { first, _ in first }
        return Column(name: one.name, role: one.role, values: places.map { values[$0] })
      }
    case .heatMap, .pictures: return nil
    }
    guard !names.isEmpty, !columns.isEmpty else { return nil }
    let ratios = ratios(columns, panel.y)
    let cells = columns.map { column in column.values.map { $0.map { Cell(value: $0, text: Drawing.valueLabel($0, panel.y)) } } }
    let ratioCells = ratios.map { ratio in
      ratio.values.map { $0.map { Cell(value: $0, text: Quantity.ratio($0)) } }
    }
    let rows = names.indices.map { row in (name: names[row], cells: (cells + ratioCells).map { $0[row] }) }
    return Table(
      title: panel.title, header: [panel.x.label.isEmpty ? "" : panel.x.label] + columns.map(\.name) + ratios.map(\.name), rows: rows,
      hasPaper: columns.contains { if case .paper = $0.role { true } else { false } })
  }

  private static func name(of place: Double, _ axis: Axis) -> String {
    if axis.format == .plain, let whole = Int64(exactly: place) { return Quantity.grouped(whole) }
    return Drawing.valueLabel(place, axis)
  }

  /// What may be compared although the machines, or the numbers of images, differ: two series' ratio within one machine, or a series' steps.
  private static func ratios(_ columns: [Column], _ axis: Axis) -> [(name: String, values: [Double?])] {
    guard axis.dependsOnMachine else { return [] }
    let pairs = columns.compactMap { paper -> (name: String, ours: [Double?], paper: [Double?])? in
      guard case .paper(let partner?) = paper.role, let ours = columns.first(where: { $0.name == partner }) else { return nil }
      // A single value of the paper's has no ratio of its own.
      guard paper.values.contains(where: { $0 != nil }) else { return nil }
      return (ours.name, ours.values, paper.values)
    }
    guard let first = pairs.first else { return [] }
    if pairs.count > 1 {
      return pairs.dropFirst().flatMap { other in
        let name = "\(first.name) / \(other.name)"
        return [(name, zip(first.ours, other.ours).map(ratio)), ("\(name), paper", zip(first.paper, other.paper).map(ratio))]
      }
    }
    guard let place = zip(first.ours, first.paper).enumerated().first(where: { $1.0 != nil && $1.1 != nil })?.offset,
      first.paper.count(where: { $0 != nil }) > 1
    else { return [] }
    let name = "\(first.name), to the first"
    return [
      (name, first.ours.map { ratio($0, first.ours[place]) }), ("\(name), paper", first.paper.map { ratio($0, first.paper[place]) }),
    ]
  }

  private static func ratio(_ number: Double?, _ base: Double?) -> Double? {
    guard let number, let base, base != 0, (number / base).isFinite else { return nil }
    return number / base
  }
}

extension Axis {
  /// Whether it shows seconds or bytes, which two machines or two sizes of data do not share.
  var dependsOnMachine: Bool {
    format == .seconds || format == .bytes || label.contains("(s)") || label.hasPrefix("ms ") || label.hasPrefix("µs ")
  }
}
