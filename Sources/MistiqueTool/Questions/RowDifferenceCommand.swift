import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct RowDifferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "row-diff", abstract: "ROW_DIFF: the columns in which two rows differ most.",
    discussion: """
      Two homes with different predictions, or an adversarial image and the clean one. Give two row_ids of one intermediate; or one row_id and keys of two \
      intermediates with the same columns, such as a layer of two models. Columns are in falling order of the absolute difference, first less second, in \
      their own units. A column in which only one row has a number, and texts that differ, come last. Columns that agree are not listed.

        mistique row-diff Store 'bikes.hourly_deep.known.*' --rows 50,55
        mistique row-diff Store 'cifar10.clean.layer6.*' 'cifar10.attacked.layer6.*' --rows 51 --k 30 --plot rows.svg
      """)

  @OptionGroup var asking: AskingOptions

  @Option(help: ArgumentHelp("How many columns are listed.", valueName: "count"))
  var k = 10

  @OptionGroup var answering: AnsweringOptions

  func validate() throws { try ListLength.check(k) }

  func run() throws {
    let keys = try asking.parsed(1...Int.max, "at least one")
    let ids = asking.rows?.ids ?? []
    let intermediates = Set(keys.map(\.ofIntermediate))
    guard ids.count == 2 && intermediates.count == 1 || ids.count == 1 && intermediates.count == 2 && keys.count == 2 else {
      throw ValidationError(
        "Give --rows with two row_ids of one intermediate, such as --rows 50,55, or with one row_id and the keys of two intermediates.")
    }
    let store = try AskedStore(asking)
    let columns = try store.answer(keys, rows: asking.rows).columns(.values)
    let names = ids.count == 2 ? ids.map { "row \($0)" } : keys.map { "\($0.model).\($0.intermediate)" }
    let pair = ids.count == 2 ? try ComparedRows(columns, rows: (ids[0], ids[1])) : try ComparedRows(columns, keys: keys)
    let difference = pair.difference(k)
    let listed = pair.listed(difference, k)

    var answer = Answer("row-diff", subject: keys.map(\.description).joined(separator: ", ")) {
      let drawn = difference.columns.map { ($0, pair.columns[$0.column].name) }
      return try AnswerChart.bars(
        title: "Columns in which \(names[0]) and \(names[1]) differ most", of: drawn.map(\.1), category: "column", value: "value",
        zip(names, [0, 1]).map { name, side in (name, drawn.map { pair.value($0.0.column, side) }) })
    }
    answer.facts = [
      .init("columns", pair.columns.count), .init("differ", pair.differing(difference)), .init("euclidean distance", difference.euclidean),
      .init("largest difference", difference.maximum),
    ]
    answer.table.add("column", listed.map { pair.columns[$0].name })
    answer.table.add(names[0], pair.cells(listed, 0))
    answer.table.add(names[1], pair.cells(listed, 1))
    answer.table.add("difference", listed.map { pair.signedDifference($0) })
    answer.listing = ListLength.note(listed.count, of: pair.differing(difference), "columns that differ")
    try answering.write(answer)
    store.finish()
  }
}
