/// The colours and patterns of the series, the same in every panel of a chart.
///
/// Colours are Okabe and Ito's, which people with any colour vision tell apart; role shows in pattern and marker as well, so a picture
/// survives a black-and-white printer.
struct SeriesStyle: Equatable {
  let name: String
  let role: SeriesRole
  /// Which colour and marker: series of different role that belong together share it.
  let index: Int
  /// Nil for bars.
  let line: LineKind?

  enum LineKind: Equatable {
    case joined, points
    /// Joined, without markers.
    case outline
  }

  static let colours = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#555555", "#8C6D1F"]
  private static let filledMarkers = [7, 5, 9, 13, 11]
  private static let hollowMarkers = [6, 4, 8, 12, 10]

  var colour: String { Self.colours[index % Self.colours.count] }

  /// The part of a plot command after `with`.
  var drawing: String {
    guard let line else { return "boxes \(fill)" }
    let marker = index % Self.filledMarkers.count
    let colour = "lc rgb '\(colour)'"
    switch (role, line) {
    case (_, .outline): return "lines \(colour) lw 3 dt 1"
    case (.measured, .joined): return "linespoints \(colour) lw 3 dt 1 pt \(Self.filledMarkers[marker]) ps 1.5"
    case (.measured, .points): return "points \(colour) pt \(Self.filledMarkers[marker]) ps 1.6"
    case (.paper, .joined): return "linespoints \(colour) lw 2 dt (12,8) pt \(Self.hollowMarkers[marker]) ps 2.4"
    case (.paper, .points): return "points \(colour) lw 2 pt \(Self.hollowMarkers[marker]) ps 2.6"
    case (.predicted, .joined): return "lines \(colour) lw 2.5 dt (3,6)"
    case (.predicted, .points): return "points \(colour) lw 2 pt 2 ps 1.4"
    }
  }

  /// A filled bar for what we measured, hatched for the paper's, hollow for predictions. The colour comes first: after `border` it would
  /// be the border's alone.
  var fill: String {
    let pattern =
      switch role {
      case .measured: "solid 0.92"
      case .paper: "pattern 4"
      case .predicted: "empty"
      }
    return "lc rgb '\(colour)' lw 1.5 fs \(pattern) border lc rgb '\(colour)'"
  }

  /// The styles of all series of a chart, in order of appearance.
  ///
  /// Throws: `FigureError.badChart` when a series refers to one that is not there, or there are more than the colours can tell apart.
  static func assign(to chart: Chart, figure: String) throws -> [SeriesStyle] {
    var wanted: [(name: String, role: SeriesRole, line: LineKind?)] = []
    for panel in chart.panels {
      for series in panel.series where !wanted.contains(where: { $0.name == series.name }) { wanted.append(series) }
    }
    var indices: [String: Int] = [:]
    for series in wanted where series.role.partner == nil { indices[series.name] = indices.count }
    guard indices.count <= colours.count else {
      throw FigureError.badChart(figure, problem: "it has \(indices.count) series and only \(colours.count) can be told apart by colour")
    }
    return try wanted.map { series in
      let owner = series.role.partner ?? series.name
      guard let index = indices[owner] else {
        throw FigureError.badChart(figure, problem: "series '\(series.name)' belongs to '\(owner)', which is not in the chart")
      }
      return SeriesStyle(name: series.name, role: series.role, index: index, line: series.line)
    }
  }
}

extension SeriesRole {
  /// The measured series whose colour this one shares.
  var partner: String? {
    switch self {
    case .measured: nil
    case .paper(let beside): beside
    case .predicted(let of): of
    }
  }
}

extension Panel {
  /// Name, role and kind of every series.
  var series: [(name: String, role: SeriesRole, line: SeriesStyle.LineKind?)] {
    switch content {
    case .bars(_, let series), .stackedBars(_, let series): series.map { ($0.name, $0.role, nil) }
    case .lines(let series): series.map { ($0.name, $0.role, $0.joined ? $0.marked ? .joined : .outline : .points) }
    case .heatMap, .pictures: []
    }
  }
}
