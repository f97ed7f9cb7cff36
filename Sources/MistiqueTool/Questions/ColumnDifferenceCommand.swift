import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct ColumnDifferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "col-diff", abstract: "COL_DIFF: the rows on which two columns differ, and by how much.",
    discussion: """
      Two models' predictions for the same rows, or a column before and after a stage. Rows are matched by row_id. Listed are the rows that differ most, the \
      difference being the first less the second. A value that is missing or NaN in one column only is a difference without a number, and comes last; one \
      that is missing in both is none. Texts differ when their bytes do. Whole numbers are compared as such, never rounded. A \
      key of several columns, such as a network's logits, stands for the class that they predict: the place of the largest, counted from 0.

      --by answers per group: how many rows differ, and the means of both columns, of the difference and of its absolute value.

        mistique col-diff Store bikes.hourly_deep.predicted.prediction bikes.hourly_shallow.predicted.prediction
        mistique col-diff Store bikes.hourly_deep.predicted.prediction bikes.hourly_deep.read.cnt --by bikes.hourly_deep.read.hr
        mistique col-diff Store cifar10.cnn.layer17.n3 cifar10.vgg16.layer21.n3 --tolerance 0.5 --plot difference.svg
        mistique col-diff Store 'cifar10.cnn.layer17.*' 'cifar10.vgg16.layer21.*'
      """)

  @OptionGroup var asking: AskingOptions

  @Option(help: ArgumentHelp("The largest absolute difference that does not count, in the unit of the values.", valueName: "number"))
  var tolerance = 0.0

  @Option(help: ArgumentHelp("How many rows are listed.", valueName: "count"))
  var k = 20

  @Option(help: "What to compute from a neuron's map: its maximum, its mean, or each value by itself.")
  var map = MapChoice.mean

  @OptionGroup var grouping: GroupingOption
  @OptionGroup var answering: AnsweringOptions

  func validate() throws {
    try ListLength.check(k)
    guard tolerance >= 0 else { throw ValidationError("--tolerance \(tolerance): give a number of 0 or more.") }
  }

  func run() throws {
    let keys = try asking.parsed(2...2, "the keys of two columns")
    let store = try AskedStore(asking)
    let by = try grouping.key
    let columns = try store.answer(keys + (by.map { [$0] } ?? []), rows: asking.rows).columns(map)
    let pair = try ComparedColumns(try columns.singleOrClass(0, of: keys), try columns.singleOrClass(1, of: keys), tolerance: tolerance)
    var answer: Answer
    if by != nil || store.hasLabels && sourcesGroup {
      let column = try by.map { try columns.single(2, of: keys + [$0]) }
      answer = grouped(pair, try store.groups(column, rowIDs: columns.rowIDs, of: keys[0]), column?.key ?? "class")
    } else {
      answer = listed(pair, columns.rowIDs)
    }
    answer.facts = pair.facts
    try answering.write(answer)
    store.finish()
  }

  /// Images may be given for re-running only; labels alone are given for groups.
  private var sourcesGroup: Bool { asking.sources.inputs.images == nil }

  private func listed(_ pair: ComparedColumns, _ rowIDs: [Int64]) -> Answer {
    let rows = Array(pair.order.prefix(k))
    var answer = Answer("col-diff", subject: "\(pair.first.key) and \(pair.second.key)") {
      let points = pair.differing.rows.map { (x: pair.numbers?[0][$0] ?? .nan, y: pair.numbers?[1][$0] ?? .nan) }
      return try AnswerChart.points(
        title: "Rows on which two columns differ", x: Axis(pair.first.key), y: Axis(pair.second.key), [("a row", points)], joined: false)
    }
    answer.table.add("row_id", rows.map { rowIDs[$0] })
    answer.table.add(pair.names.0, pair.first.values.gather(rows))
    answer.table.add(pair.names.1, pair.second.values.gather(rows))
    if pair.numbers != nil { answer.table.add("difference", rows.map { pair.difference($0) }) }
    answer.listing = ListLength.note(rows.count, of: pair.order.count, "rows that differ")
    return answer
  }

  private func grouped(_ pair: ComparedColumns, _ groups: Groups, _ by: String) -> Answer {
    let count = groups.names.count
    var differing = [Int](repeating: 0, count: count)
    for row in pair.differing.rows { if let group = groups.places[row] { differing[group] += 1 } }
    let rows = groups.counts
    let means = pair.means(groups)
    var answer = Answer("col-diff", subject: "\(pair.first.key) and \(pair.second.key), by \(by)") {
      guard let means else { throw QuestionError("--plot", "texts have no means to draw", remedy: "Omit --plot") }
      return try AnswerChart.bars(
        title: "Means of two columns by group", of: groups.names, category: by, value: "mean",
        [(pair.names.0, means[0]), (pair.names.1, means[1])])
    }
    answer.table.add("group", groups.names)
    answer.table.add("rows", rows)
    answer.table.add("differ", differing)
    answer.table.add("share", zip(differing, rows).map { Double($0) / Double($1) })
    if let means {
      for (name, values) in zip(["mean \(pair.names.0)", "mean \(pair.names.1)", "mean difference", "mean absolute difference"], means) {
        answer.table.add(name, values)
      }
    }
    if groups.missing > 0 {
      answer.notes.append(
        Output.counted(groups.missing, "row belongs to no group and is", "rows belong to no group and are") + " left out of the table.")
    }
    return answer
  }
}
