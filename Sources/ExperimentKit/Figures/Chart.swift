/// A chart as data: what a picture shows, without how it is drawn.
package struct Chart: Sendable, Equatable {
  package let title: String
  package let panels: [Panel]
  /// Sentences under the picture: how to read it, where the paper's numbers are from.
  package var notes: [String]
  /// Panels side by side; as square as it gets when nil.
  package var columns: Int?

  /// Trap: at least one panel.
  package init(title: String, panels: [Panel], notes: [String] = [], columns: Int? = nil) {
    precondition(!panels.isEmpty, "a chart needs a panel")
    self.title = title
    self.panels = panels
    self.notes = notes
    self.columns = columns
  }
}

/// One pair of axes and what is drawn in it.
package struct Panel: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    /// One group of bars per category, one bar per series.
    case bars(categories: [String], [BarSeries])
    /// One bar per category, the series on top of one another. Linear axis only.
    case stackedBars(categories: [String], [BarSeries])
    /// Lines, points, or both.
    case lines([LineSeries])
    /// A matrix as colours.
    case heatMap(HeatMap)
    /// Small pictures in rows. The axes show nothing.
    case pictures(PictureRows)
  }

  /// Over the panel; empty for a chart of one panel.
  package let title: String
  package let x: Axis
  package let y: Axis
  package let content: Content

  package init(title: String = "", x: Axis, y: Axis, _ content: Content) {
    self.title = title
    self.x = x
    self.y = y
    self.content = content
  }
}

/// An axis: what it shows and how it is divided.
package struct Axis: Sendable, Equatable {
  package enum Division: Sendable, Equatable {
    case linear, logarithmic
  }

  /// How its numbers are written.
  package enum Format: Sendable, Equatable {
    case plain
    /// `611 MB`
    case bytes
    /// `240 µs`, on value labels; plain numbers on the axis itself.
    case seconds
    /// `110x`
    case ratio
  }

  /// Quantity and unit, e.g. `read time (s)`.
  package let label: String
  package let division: Division
  package let format: Format
  /// The range shown; fitted to the data when nil.
  package let range: ClosedRange<Double>?

  package init(_ label: String, _ division: Division = .linear, format: Format = .plain, range: ClosedRange<Double>? = nil) {
    self.label = label
    self.division = division
    self.format = format
    self.range = range
  }
}

/// Where a series comes from; it decides how it looks.
package enum SeriesRole: Sendable, Equatable {
  /// Measured by us: filled bars, solid lines.
  case measured
  /// The paper's own values, in the colour of our series `beside`: hatched bars, dashed lines with hollow points.
  case paper(beside: String?)
  /// Predicted by a cost model, in the colour of the measured series `of`: hollow bars, dotted lines.
  case predicted(of: String?)
}

/// One series of bars, a value per category. A nil is a value that does not exist, such as one the paper does not state; a measurement
/// that ought to exist and does not must be an error in the builder instead.
package struct BarSeries: Sendable, Equatable {
  package let name: String
  package let role: SeriesRole
  package let values: [Double?]
  /// Smallest and largest repetition, drawn as whiskers; empty for none.
  package let spreads: [ClosedRange<Double>?]
  /// Which bars carry `mark` beside their value; empty for none.
  package let marked: [Bool]

  /// What stands beside the value of a marked bar, for a chart's notes to explain.
  package static let mark = "●"

  package init(
    _ name: String, role: SeriesRole = .measured, values: [Double?], spreads: [ClosedRange<Double>?] = [], marked: [Bool] = []
  ) {
    self.name = name
    self.role = role
    self.values = values
    self.spreads = spreads
    self.marked = marked
  }
}

/// One series of points, joined by a line unless `joined` is false; `marked` is whether a joined point has a marker.
package struct LineSeries: Sendable, Equatable {
  package struct Point: Sendable, Equatable {
    package let x: Double
    package let y: Double
    /// Smallest and largest repetition, drawn as whiskers.
    package let spread: ClosedRange<Double>?

    package init(x: Double, y: Double, spread: ClosedRange<Double>? = nil) {
      self.x = x
      self.y = y
      self.spread = spread
    }
  }

  package let name: String
  package let role: SeriesRole
  package let points: [Point]
  package let joined: Bool
  package let marked: Bool

  package init(_ name: String, role: SeriesRole = .measured, points: [Point], joined: Bool = true, marked: Bool = true) {
    self.marked = marked
    self.name = name
    self.role = role
    self.points = points
    self.joined = joined
  }
}

/// A matrix to be shown as colours, rows from the top.
package struct HeatMap: Sendable, Equatable {
  /// One label per row.
  package let rowLabels: [String]
  /// One label per column; columns are numbered when it is empty.
  package let columnLabels: [String]
  package let rows: [[Double]]
  /// The values at the two ends of the colour scale; fitted to the matrix when nil.
  package let range: ClosedRange<Double>?

  package init(rowLabels: [String], columnLabels: [String] = [], rows: [[Double]], range: ClosedRange<Double>? = nil) {
    self.rowLabels = rowLabels
    self.columnLabels = columnLabels
    self.rows = rows
    self.range = range
  }
}
