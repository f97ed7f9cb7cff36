import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct CorrelationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corr", abstract: "CORR: the correlation of one column with many.",
    discussion: """
      Which features go with the error. The first key is the column, the others name those it is compared with. The coefficient is Pearson's, over the rows \
      in which both columns have a number (their count is given), in falling order of its absolute value. It is NaN where a column does not vary or there are \
      fewer than two such rows. Rows are matched by row_id. Of a neuron whose activation is a map, the mean of each map counts (--map maximum, --map values). \
      Columns of text are left out.

        mistique corr Store bikes.hourly_deep.read.cnt 'bikes.hourly_deep.known.*'
        mistique corr Store cifar10.cnn.layer17.n3 'cifar10.cnn.layer8.*' --k 5 --plot correlation.svg
      """)

  @OptionGroup var asking: AskingOptions

  @Option(help: ArgumentHelp("How many columns are listed; all when omitted.", valueName: "count"))
  var k: Int?

  @Option(help: "What to compute from a neuron's map: its maximum, its mean, or each value by itself.")
  var map = MapChoice.mean

  @OptionGroup var answering: AnsweringOptions

  func validate() throws { if let k { try ListLength.check(k) } }

  func run() throws {
    let keys = try asking.parsed(2...Int.max, "the key of one column, and the keys of those it is compared with")
    let store = try AskedStore(asking)
    let columns = try store.answer(keys, rows: asking.rows).columns(map)
    let target = try columns.single(0, of: keys)
    let values = try target.requiredNumbers()
    let others = AskedColumns.distinct(columns.ofKey.dropFirst().joined(), besides: target)
    let compared = others.compactMap { column in column.numbers.map { (column: column, values: $0) } }
    guard !compared.isEmpty else {
      throw QuestionError("\(keys[1])", "there is no column of numbers besides the first", remedy: "Ask for columns of numbers")
    }
    let found = Correlation.of(compared.map(\.values), with: values)
    func size(_ place: Int) -> Double { found[place].coefficient.isNaN ? -1 : abs(found[place].coefficient) }
    let order = found.indices.sorted { size($0) != size($1) ? size($0) > size($1) : $0 < $1 }.prefix(k ?? .max)
    let names = ColumnNames.of(compared.map(\.column))

    var answer = Answer("corr", subject: "\(target.key) with \(keys.dropFirst().map(\.description).joined(separator: ", "))") {
      try AnswerChart.bars(
        title: "Correlation with \(target.key)", of: order.map { names[$0] }, category: "column", value: "Pearson's coefficient",
        order.map { found[$0].coefficient })
    }
    answer.facts = [.init("column", target.key)]
    answer.table.add("column", order.map { names[$0] })
    answer.table.add("correlation", order.map { found[$0].coefficient })
    answer.table.add("rows", order.map { found[$0].pairs })
    answer.notes += ([target] + compared.map(\.column)).compactMap(\.roundingNote)
    if compared.count < others.count {
      answer.notes.append(Output.counted(others.count - compared.count, "column of text is", "columns of text are") + " left out.")
    }
    answer.listing = ListLength.note(order.count, of: found.count, "columns")
    try answering.write(answer)
    store.finish()
  }
}

/// What columns are called in an answer.
enum ColumnNames {
  /// By their names, or by their keys where two have one name.
  static func of(_ columns: [AskedColumn]) -> [String] {
    Set(columns.map(\.name)).count == columns.count ? columns.map(\.name) : columns.map(\.key)
  }
}
