/// A chart as data: what a picture shows, without how it is drawn.
public struct Chart: Sendable, Equatable {
  public let title: String
  public let panels: [Panel]
  /// Sentences under the picture: how to read it, where the paper's numbers are from.
  public var notes: [String]
  /// Panels side by side; as square as it gets when nil.
  public var columns: Int?

  /// Trap: at least one panel.
  public init(title: String, panels: [Panel], notes: [String] = [], columns: Int? = nil) {
    precondition(!panels.isEmpty, "a chart needs a panel")
    self.title = title
    self.panels = panels
    self.notes = notes
    self.columns = columns
  }
}

/// One pair of axes and what is drawn in it.
public struct Panel: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    /// One group of bars per category, one bar per series.
    case bars(categories: [String], [BarSeries])
    /// One bar per category, the series on top of one another. Linear axis only.
    case stackedBars(categories: [String], [BarSeries])
    /// Lines, points, or both.
    case lines([LineSeries])
    /// A matrix as colours.
    case heatMap(HeatMap)
  }

  /// Over the panel; empty for a chart of one panel.
  public let title: String
  public let x: Axis
  public let y: Axis
  public let content: Content

  public init(title: String = "", x: Axis, y: Axis, _ content: Content) {
    self.title = title
    self.x = x
    self.y = y
    self.content = content
  }
}

/// An axis: what it shows and how it is divided.
public struct Axis: Sendable, Equatable {
  public enum Division: Sendable, Equatable {
    case linear, logarithmic
  }

  /// How its numbers are written.
  public enum Format: Sendable, Equatable {
    case plain
    /// `611 MB`
    case bytes
    /// `240 µs`, on value labels; plain numbers on the axis itself.
    case seconds
    /// `110x`
    case ratio
  }

  /// Quantity and unit, e.g. `read time (s)`.
  public let label: String
  public let division: Division
  public let format: Format
  /// The range shown; fitted to the data when nil.
  public let range: ClosedRange<Double>?

  public init(_ label: String, _ division: Division = .linear, format: Format = .plain, range: ClosedRange<Double>? = nil) {
    self.label = label
    self.division = division
    self.format = format
    self.range = range
  }
}

/// Where a series comes from; it decides how it looks.
public enum SeriesRole: Sendable, Equatable {
  /// Measured by us: filled bars, solid lines.
  case measured
  /// The paper's own values, in the colour of our series `beside`: hatched bars, dashed lines with hollow points.
  case paper(beside: String?)
  /// Predicted by a cost model, in the colour of the measured series `of`: hollow bars, dotted lines.
  case predicted(of: String?)
}

/// One series of bars, a value per category. A nil is a value that does not exist, such as one the paper does not state; a measurement
/// that ought to exist and does not must be an error in the builder instead.
public struct BarSeries: Sendable, Equatable {
  public let name: String
  public let role: SeriesRole
  public let values: [Double?]
  /// Smallest and largest repetition, drawn as whiskers; empty for none.
  public let spreads: [ClosedRange<Double>?]

  public init(_ name: String, role: SeriesRole = .measured, values: [Double?], spreads: [ClosedRange<Double>?] = []) {
    self.name = name
    self.role = role
    self.values = values
    self.spreads = spreads
  }
}

/// One series of points, joined by a line unless `joined` is false.
public struct LineSeries: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public let x: Double
    public let y: Double
    /// Smallest and largest repetition, drawn as whiskers.
    public let spread: ClosedRange<Double>?

    public init(x: Double, y: Double, spread: ClosedRange<Double>? = nil) {
      self.x = x
      self.y = y
      self.spread = spread
    }
  }

  public let name: String
  public let role: SeriesRole
  public let points: [Point]
  public let joined: Bool

  public init(_ name: String, role: SeriesRole = .measured, points: [Point], joined: Bool = true) {
    self.name = name
    self.role = role
    self.points = points
    self.joined = joined
  }
}

/// A matrix to be shown as colours, rows from the top.
public struct HeatMap: Sendable, Equatable {
  /// One label per row; columns are numbered.
  public let rowLabels: [String]
  public let rows: [[Double]]
  /// The values at the two ends of the colour scale; fitted to the matrix when nil.
  public let range: ClosedRange<Double>?

  public init(rowLabels: [String], rows: [[Double]], range: ClosedRange<Double>? = nil) {
    self.rowLabels = rowLabels
    self.rows = rows
    self.range = range
  }
}
