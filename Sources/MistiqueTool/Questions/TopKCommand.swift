import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct TopKCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topk", abstract: "TOPK: the rows with the largest values of a column.",
    discussion: """
      The ten images that most excite a neuron, or the homes with the largest error. Of a neuron whose activation is a map, the largest value of the map \
      counts (--map mean: its mean). Rows are in falling order; rows with equal values are in the order of the intermediate. NaN and missing values are \
      never among them. --show adds other columns of the same rows.

        mistique topk Store bikes.hourly_deep.predicted.prediction --k 5
        mistique topk Store bikes.hourly_deep.read.cnt --smallest --show bikes.hourly_deep.predicted.prediction
        mistique topk Store cifar10.cnn.layer8.n35 --plot topk.svg
        mistique topk Store cifar10.cnn.layer8.n35_2-5_0-7 --map mean    # rows 2 to 5, columns 0 to 7 of the map
      """)

  @OptionGroup var asking: AskingOptions

  @Option(help: ArgumentHelp("How many rows.", valueName: "count"))
  var k = 10

  @Flag(help: "The smallest values instead, in rising order.")
  var smallest = false

  @Option(help: "What to compute from a neuron's map: its maximum, its mean, or each value by itself.")
  var map = MapChoice.maximum

  @OptionGroup var shown: ShownColumns
  @OptionGroup var answering: AnsweringOptions

  func validate() throws { try ListLength.check(k) }

  func run() throws {
    let keys = try asking.parsed(1...1, "the key of one column")
    let store = try AskedStore(asking)
    let (asked, found) = try store.answer(keys, rows: asking.rows) { rows in
      guard let score = map.score else { return nil }
      return try store.store.topCandidates(keys.map(\.description), k: k, by: score, smallest: smallest, rows: rows)
    }
    let columns = asked.columns(map)
    let column = try columns.single(0, of: keys)
    let places = try best(column)
    let rows = places.map { columns.rowIDs[$0] }

    let answered = column.values.gather(places)
    var answer = Answer("topk", subject: column.key) {
      try AnswerChart.bars(
        title: "Rows with the \(smallest ? "smallest" : "largest") values", of: rows.map(String.init), category: "row_id",
        value: column.name,
        answered.doubles ?? [])
    }
    answer.table.add("row_id", rows)
    answer.table.add(column.name, answered)
    try shown.add(to: &answer.table, of: keys, rowIDs: rows, map: map, from: store)
    let without = found?.withoutScore ?? columns.rowIDs.count - (0..<columns.rowIDs.count).count { isNumber(column, $0) }
    if without > 0 {
      answer.notes.append(Output.counted(without, "row has no number and is", "rows have no number and are") + " not compared.")
    }
    try answering.write(answer)
    store.finish()
  }

  private func best(_ column: AskedColumn) throws -> [Int] {
    if let integers = column.integers {
      return smallest ? TopK.smallest(k, ofIntegers: integers) : TopK.largest(k, ofIntegers: integers)
    }
    let numbers = try column.requiredNumbers()
    return smallest ? TopK.smallest(k, of: numbers) : TopK.largest(k, of: numbers)
  }

  private func isNumber(_ column: AskedColumn, _ row: Int) -> Bool {
    guard column.values.isPresent(row) else { return false }
    switch column.values.values {
    case .float32(let values): return !values[row].isNaN
    case .float64(let values): return !values[row].isNaN
    default: return true
    }
  }
}
