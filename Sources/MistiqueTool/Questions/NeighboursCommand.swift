import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct NeighboursCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "knn", abstract: "KNN: the rows nearest to a row, by all asked columns.",
    discussion: """
      Images that a network sees as it sees image 51, or the homes most like home 50. Distances are Euclidean, nearest first; the row itself is left out.

      Columns of a pipeline have different units, so each is standardised first: less its mean, over its standard deviation. A gap counts as the mean, and a \
      column that does not vary is left out. --raw compares the values as they are; a row with a missing value then has no neighbours, and is nobody's neighbour. Layers of \
      networks are always compared as they are. Columns of text are left out. --show adds other columns of the rows that are found.

        mistique knn Store 'bikes.hourly_deep.known.*' --row 50 --show bikes.hourly_deep.predicted.prediction
        mistique knn Store 'cifar10.cnn.layer17.*' --row 51 --k 50 --format csv
      """)

  @OptionGroup var asking: AskingOptions

  @Option(help: ArgumentHelp("The row_id of the row whose neighbours are wanted.", valueName: "row"))
  var row: Int64

  @Option(help: ArgumentHelp("How many neighbours.", valueName: "count"))
  var k = 10

  @Flag(help: "Compares columns of a pipeline as they are, without standardising them.")
  var raw = false

  @OptionGroup var shown: ShownColumns
  @OptionGroup var answering: AnsweringOptions

  func validate() throws { try ListLength.check(k) }

  func run() throws {
    let keys = try asking.parsed(1...Int.max, "at least one")
    let store = try AskedStore(asking)
    // The row itself is needed, whichever rows are searched.
    let (asked, _) = try store.answer(keys, rows: asking.rows, keeping: row) { rows in
      try store.store.neighbourCandidates(keys.map(\.description), of: row, k: k, rows: rows, plan: store.sources.plan.preference) {
        Interruption.isRequested
      }
    }
    guard let place = asked.rowIDs.firstIndex(of: row) else {
      throw QuestionError(
        "\(keys[0])", "there is no row with row_id \(row) among the \(asked.rowIDs.count)", remedy: "Give --row one that is there")
    }
    var notes: [String] = []
    let (neighbours, how) = try nearest(asked, to: place, &notes)
    let found = neighbours.map { asked.rowIDs[$0.row] }

    let subject = "\(keys.map(\.description).joined(separator: ", "))"
    var answer = Answer("knn", subject: subject) {
      try AnswerChart.bars(
        title: "Rows nearest to row \(row)", of: found.map(String.init), category: "row_id", value: "distance (\(how))",
        neighbours.map(\.distance))
    }
    answer.notes = notes
    answer.facts = [.init("row", Int(row)), .init("values", how)]
    answer.table.add("row_id", found)
    answer.table.add("distance", neighbours.map(\.distance))
    try shown.add(to: &answer.table, of: keys, rowIDs: found, from: store)
    try answering.write(answer)
    store.finish()
  }

  private func nearest(_ asked: AskedAnswer, to place: Int, _ notes: inout [String]) throws -> (neighbours: [Neighbour], how: String) {
    if let layer = asked.layer(asked.keys.indices) {
      let neighbours = layer.values.withValues {
        NearestNeighbours.of(row: place, in: MatrixView($0, columns: layer.values.columns), count: k)
      }
      return (neighbours, "as they are")
    }
    let columns = asked.columns(.values).distinct
    let numbers = columns.compactMap(\.numbers)
    if numbers.count < columns.count {
      notes.append(Output.counted(columns.count - numbers.count, "column of text is", "columns of text are") + " not compared.")
    }
    guard !numbers.isEmpty else {
      throw QuestionError("\(asked.keys[0])", "there is no column of numbers to compare rows by", remedy: "Ask for columns of numbers")
    }
    notes += columns.compactMap(\.roundingNote)
    if raw || asked.isOfNetworks { return (NearestNeighbours.of(row: place, columns: numbers, count: k), "as they are") }
    let features = try StandardisedFeatures(numbers)
    if features.columns < numbers.count {
      notes.append(
        Output.counted(numbers.count - features.columns, "column does not vary and is", "columns do not vary and are") + " not compared.")
    }
    return (features.nearest(to: place, count: k), "standardised")
  }
}
