/// One picture of an experiment: a name and how its chart is made from the rows, and from nothing else.
package struct Figure: Sendable {
  /// The name of its files, e.g. `fig6-storage`.
  package let name: String
  /// Builds the chart. Throws where the rows do not hold what it shows; a missing cell is never drawn as a number.
  package let chart: @Sendable (MeasurementTable) throws -> Chart

  /// Whether rows are drawn at all: those of a run from before lack what a figure shows that was added since.
  package let isOf: @Sendable (MeasurementTable) -> Bool

  package init(
    _ name: String, isOf: @escaping @Sendable (MeasurementTable) -> Bool = { _ in true },
    chart: @escaping @Sendable (MeasurementTable) throws -> Chart
  ) {
    self.name = name
    self.isOf = isOf
    self.chart = chart
  }
}

/// What every figure carries on its face: the data it was made from, and below what made it.
package struct FigureStamp: Sendable, Equatable {
  /// Under the title, such as `real data: CIFAR-10, 2,000 images`; empty for none.
  package let label: String
  /// Whether the data are not the paper's, which the label shows by its colour.
  package let isGenerated: Bool
  /// At the foot, such as `fig6-storage  ·  scale small  ·  commit 1a2b3c4d`.
  package let footer: String

  package init(label: String, isGenerated: Bool = false, footer: String) {
    (self.label, self.isGenerated, self.footer) = (label, isGenerated, footer)
  }
}

extension Provenance {
  /// What a figure drawn from this run carries on its face.
  package var stamp: FigureStamp {
    FigureStamp(
      label: data.label, isGenerated: data.kind == .generated,
      footer: "\(settings.experiment)  ·  scale \(settings.scale)  ·  \(source.short)")
  }
}

/// A figure that cannot be drawn: which, why, what to do.
package enum FigureError: Error, Equatable, CustomStringConvertible {
  case badName(String)
  case badChart(String, problem: String)
  case gnuplotMissing(executable: String, code: String)
  case gnuplotFailed(figure: String, status: Int32, messages: String)
  case badPicture(String, problem: String)

  package var description: String {
    switch self {
    case .badName(let name):
      "'\(name)' cannot name a figure: use lower-case letters, digits, '-' and '.', beginning with a letter or digit."
    case .badChart(let figure, let problem):
      "The chart of \(figure) cannot be drawn: \(problem). Mend the figure's builder, or the rows it reads."
    case .gnuplotMissing(let executable, let code):
      "Cannot start '\(executable)': \(code). Install gnuplot 5.4 or later (Debian: gnuplot-nox), or give its path."
    case .gnuplotFailed(let figure, let status, let messages):
      "gnuplot failed on \(figure) with status \(status): \(messages.isEmpty ? "it printed no message" : messages)"
    case .badPicture(let file, let problem):
      "gnuplot ended well, but \(file) \(problem). The disk may be full, or gnuplot may lack the pngcairo or svg terminal."
    }
  }
}
