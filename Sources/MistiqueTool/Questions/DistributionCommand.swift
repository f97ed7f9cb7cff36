import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct DistributionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "col-dist", abstract: "COL_DIST: how the values of columns are distributed.",
    discussion: """
      For each column: how many values there are and how many are missing (NaN and infinite ones too), their mean and standard deviation (divided by the \
      number of values, as NumPy's std), the smallest and largest, and quantiles (between two values in proportion, as NumPy's quantile). A histogram of \
      equally wide bins follows; in csv it is the answer with --histogram. Of a neuron whose activation is a map, the mean of each map counts \
      (--map maximum: its largest value, --map values: every value as a column of its own). Dates count in days since \
      1970, and columns of text are left out.

        mistique col-dist Store bikes.hourly_deep.predicted.prediction
        mistique col-dist Store 'bikes.hourly_deep.known.*' --format csv
        mistique col-dist Store cifar10.cnn.layer18.n3 --bins 40 --plot confidence.svg
      """)

  private static let shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]

  @OptionGroup var asking: AskingOptions

  @Option(help: ArgumentHelp("Bins of the histogram.", valueName: "count"))
  var bins = 20

  @Flag(help: "With --format csv: the histogram instead of the numbers.")
  var histogram = false

  @Option(help: "What to compute from a neuron's map: its maximum, its mean, or each value by itself.")
  var map = MapChoice.mean

  @OptionGroup var answering: AnsweringOptions

  func validate() throws {
    try ListLength.check(bins, "--bins")
    guard bins <= 10_000 else { throw ValidationError("--bins \(bins): at most 10000.") }
    guard !histogram || answering.format == .csv else {
      throw ValidationError("--histogram goes with --format csv; other formats have both.")
    }
  }

  func run() throws {
    let keys = try asking.parsed(1...Int.max, "at least one")
    let store = try AskedStore(asking)
    let asked = try store.answer(keys, rows: asking.rows).columns(map).distinct
    let ofNumbers = asked.filter { $0.numbers != nil }
    let columns = zip(ofNumbers, ColumnNames.of(ofNumbers)).map { (name: $1, key: $0.key, values: $0.numbers!) }
    guard !columns.isEmpty else {
      throw QuestionError("\(keys[0])", "there is no column of numbers", remedy: "Ask for columns of numbers")
    }
    let found = columns.map { Distribution($0.values, bins: bins) }
    let first = zip(columns, found).first { $1 != nil }
    var answer = Answer("col-dist", subject: keys.map(\.description).joined(separator: ", ")) {
      guard let (column, distribution) = first, let distribution else {
        throw QuestionError("--plot", "no column has a number to draw", remedy: "Omit --plot")
      }
      return chart(column.key, distribution)
    }
    if columns.count < asked.count {
      answer.notes.append(Output.counted(asked.count - columns.count, "column of text is", "columns of text are") + " left out.")
    }
    answer.notes += ofNumbers.compactMap(\.roundingNote)
    if columns.count > 1, answering.plot != nil { answer.notes.append("The histogram of the first column is drawn.") }
    let (numbers, counts) = (table(columns.map(\.name), columns.map(\.values), found), histograms(columns.map(\.name), found))
    answer.table = histogram ? counts : numbers
    if !histogram { answer.further = [("histogram", counts)] }
    try answering.write(answer)
    store.finish()
  }

  private func table(_ names: [String], _ values: [[Double]], _ found: [Distribution?]) -> AnswerTable {
    var table = AnswerTable()
    let quantiles = values.map { Quantiles.of($0, shares: Self.shares) }
    table.add("column", names)
    table.add("count", found.map { $0?.count ?? 0 })
    table.add("missing", zip(values, found).map { $1?.missing ?? $0.count })
    table.add("mean", found.map { $0?.mean })
    table.add("deviation", found.map { $0?.deviation })
    table.add("minimum", found.map { $0?.minimum })
    for (place, share) in Self.shares.enumerated() {
      table.add("q\(CellText.short(share * 100))", zip(quantiles, found).map { $1 == nil ? nil : $0[place] })
    }
    table.add("maximum", found.map { $0?.maximum })
    return table
  }

  private func histograms(_ names: [String], _ found: [Distribution?]) -> AnswerTable {
    var table = AnswerTable()
    let present = zip(names, found).compactMap { name, distribution in distribution.map { (name, $0) } }
    table.add("column", present.flatMap { name, _ in Array(repeating: name, count: bins) })
    table.add("from", present.flatMap { $1.edges.dropLast() })
    table.add("to", present.flatMap { $1.edges.dropFirst() })
    table.add("count", present.flatMap { $1.histogram })
    return table
  }

  private func chart(_ key: String, _ distribution: Distribution) -> Chart {
    let edges = distribution.edges
    // The outline of the bars, from the axis up and back.
    var points = [(edges[0], 0.0)]
    for (place, count) in distribution.histogram.enumerated() {
      points += [(edges[place], Double(count)), (edges[place + 1], Double(count))]
    }
    points.append((edges[edges.count - 1], 0))
    let series = LineSeries(key, points: points.map { LineSeries.Point(x: $0.0, y: $0.1) }, marked: false)
    let facts =
      "\(Output.grouped(distribution.count)) values, \(Output.grouped(distribution.missing)) missing; mean "
      + "\(CellText.short(distribution.mean)), standard deviation \(CellText.short(distribution.deviation))."
    return Chart(
      title: "Distribution of a column", panels: [Panel(x: Axis("value"), y: Axis("rows per bin"), .lines([series]))], notes: [facts])
  }
}
