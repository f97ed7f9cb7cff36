import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct GroupMeansCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vis", abstract: "VIS: the mean of every column in every group of rows.",
    discussion: """
      Mean activations per class, or mean features of homes per county; --plot draws them as a heat map, as the paper's figure 9. Groups are the values of \
      the column of --by, or the classes of a network's images: those in --images, or the numbers in --labels; more than 200 different values make no groups. NaN and missing values count nowhere; a mean \
      of none is NaN. Every value of a map is a column of its own; --map mean and --map maximum give one column per neuron. Columns of text are left out.

        mistique vis Store 'bikes.hourly_deep.known.*' --by bikes.hourly_deep.read.season
        mistique vis Store 'cifar10.cnn.layer8.*' --images cifar-10-batches-bin --map mean --plot classes.svg
        mistique vis Store 'mnist.cnn.layer8.*' --labels labels.npy --format csv
      """)

  @OptionGroup var asking: AskingOptions

  @Option(help: "What to compute from a neuron's map: its maximum, its mean, or each value by itself.")
  var map = MapChoice.values

  @OptionGroup var grouping: GroupingOption
  @OptionGroup var answering: AnsweringOptions

  func run() throws {
    let keys = try asking.parsed(1...Int.max, "at least one")
    let by = try grouping.key
    if by == nil, asking.sources.inputs.images == nil, asking.sources.inputs.labels == nil {
      throw ValidationError(
        "Rows need groups: give --by with the key of a column, --images with the network's images, or --labels with their classes.")
    }
    let store = try AskedStore(asking)
    let asked = try store.answer(keys + (by.map { [$0] } ?? []), rows: asking.rows)
    let columns = by == nil ? nil : asked.columns(map)
    let column = try by.map { try columns!.single(keys.count, of: keys + [$0]) }
    let groups = try store.groups(column, rowIDs: asked.rowIDs, of: keys[0])
    let means = try means(asked, keys.count, groups)

    let title = "Means of \(means.names.count) columns by \(column?.key ?? "class")"
    let isScaled = !asked.isOfNetworks
    var answer = Answer("vis", subject: keys.map(\.description).joined(separator: ", ")) {
      try AnswerChart.heatMap(
        title: title, x: "column", y: column?.name ?? "class", rows: groups.names, columns: means.names,
        isScaled ? Self.scaled(means.rows) : means.rows,
        notes: isScaled ? ["Each column is scaled from its smallest mean (0) to its largest (1)."] : [])
    }
    answer.facts = [.init("rows", groups.places.count - groups.missing), .init("groups", groups.names.count)]
    answer.table.add("column", means.names)
    for (name, values) in zip(groups.names, means.rows) { answer.table.add(name, values) }
    var sizes = AnswerTable()
    sizes.add("group", groups.names)
    sizes.add("rows", groups.counts)
    answer.further = [("groups", sizes)]
    answer.notes += means.notes
    if means.texts > 0 { answer.notes.append(Output.counted(means.texts, "column of text is", "columns of text are") + " left out.") }
    if groups.missing > 0 {
      answer.notes.append(
        Output.counted(groups.missing, "row belongs to no group and is", "rows belong to no group and are") + " left out.")
    }
    try answering.write(answer)
    store.finish()
  }

  private struct Means {
    let names: [String]
    /// Per group the mean of each column.
    let rows: [[Double]]
    /// Columns that are left out.
    let texts: Int
    var notes: [String] = []
  }

  private func means(_ asked: AskedAnswer, _ keys: Int, _ groups: Groups) throws -> Means {
    if map == .values, let layer = asked.layer(0..<keys), let places = Self.complete(groups.places) {
      let width = layer.values.columns
      let means = layer.values.withValues { GroupMeans.of($0, columns: width, groups: places, groupCount: groups.names.count) }
      // One NaN makes a sum NaN; with gaps, columns are added one by one.
      if !means.contains(where: \.isNaN) {
        return Means(names: layer.names, rows: groups.names.indices.map { Array(means[$0 * width..<($0 + 1) * width]) }, texts: 0)
      }
    }
    let distinct = AskedColumns.distinct(asked.columns(map).ofKey.prefix(keys).joined())
    let numbers = distinct.filter { $0.numbers != nil }
    guard !numbers.isEmpty else {
      throw QuestionError("\(asked.keys[0])", "there is no column of numbers", remedy: "Ask for columns of numbers")
    }
    let means = GroupMeans.of(numbers.map { $0.numbers! }, groups: groups.places, groupCount: groups.names.count)
    return Means(
      names: ColumnNames.of(numbers),
      rows: groups.names.indices.map { Array(means[$0 * numbers.count..<($0 + 1) * numbers.count]) },
      texts: distinct.count - numbers.count, notes: numbers.compactMap(\.roundingNote))
  }

  /// `nil` when a row belongs to no group.
  private static func complete(_ places: [Int?]) -> [Int]? {
    let present = places.compactMap(\.self)
    return present.count == places.count ? present : nil
  }

  private static func scaled(_ rows: [[Double]]) -> [[Double]] {
    guard let width = rows.first?.count else { return rows }
    let ranges = (0..<width).map { column -> (low: Double, high: Double) in
      let finite = rows.map { $0[column] }.filter(\.isFinite)
      return (finite.min() ?? 0, finite.max() ?? 0)
    }
    return rows.map { row in
      zip(row, ranges).map { value, range in
        range.high > range.low ? (value - range.low) / (range.high - range.low) : value.isNaN ? .nan : 0
      }
    }
  }
}
