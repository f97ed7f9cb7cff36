import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct ConfusionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confusion", abstract: "How often each class is predicted for rows of each class.",
    discussion: """
      The predicted class is the column with the largest value where the key names several, such as a network's logits: its number from 0, or its name where \
      the labels are texts. A key of one column names the class itself. Labels are the values of the column of --by, or the classes of a network's images: \
      those in --images, or the numbers in --labels. One line per label: how often each class was predicted, how many rows there are, and the share that \
      was predicted rightly. Ties go to the first column; a row with NaN has no prediction, and is left out as one without a label is.

        mistique confusion Store 'cifar10.cnn.layer17.*' --images cifar-10-batches-bin --plot confusion.svg
        mistique confusion Store flowers.trees.predicted.class --by flowers.trees.read.species --format csv
      """)

  @OptionGroup var asking: AskingOptions
  @OptionGroup var grouping: GroupingOption
  @OptionGroup var answering: AnsweringOptions

  func run() throws {
    let by = try grouping.key
    let keys = try asking.parsed(1...1, "one key, of a column with classes or of columns with a value for each class")
    if by == nil, asking.sources.inputs.images == nil, asking.sources.inputs.labels == nil {
      throw ValidationError(
        "There are no labels: give --by with the key of a column, --images with the network's images, or --labels with their classes.")
    }
    let store = try AskedStore(asking)
    let columns = try store.answer(keys + (by.map { [$0] } ?? []), rows: asking.rows).columns(.mean)
    let column = try by.map { try columns.single(1, of: keys + [$0]) }
    let labels = try store.groups(column, rowIDs: columns.rowIDs, of: keys[0])
    let classes = try PredictedClasses(columns.ofKey[0], labels: labels)
    let confusion = Confusion(predicted: classes.predicted, labels: classes.labels, classes: classes.names.count)

    var answer = Answer("confusion", subject: "\(keys[0]) against \(column?.key ?? "the classes of the images")") {
      try AnswerChart.heatMap(
        title: "Predicted classes by label", x: "predicted", y: "label", rows: classes.names, columns: classes.names,
        Self.rows(confusion).map { $0.map(Double.init) }, notes: ["Cells are numbers of rows."])
    }
    answer.facts = [
      .init("rows", confusion.count), .init("right", confusion.right), .init("accuracy", Double(confusion.right) / Double(confusion.count)),
    ]
    let rows = Self.rows(confusion)
    answer.table.add("label", classes.names)
    for (place, name) in classes.names.enumerated() { answer.table.add(name, rows.map { $0[place] }) }
    let totals = rows.map { $0.reduce(0, +) }
    answer.table.add("rows", totals)
    answer.table.add("right", rows.indices.map { totals[$0] == 0 ? nil : Double(rows[$0][$0]) / Double(totals[$0]) })
    if confusion.missing > 0 {
      answer.notes.append("\(Output.grouped(confusion.missing)) rows have no label or no prediction and are left out.")
    }
    try answering.write(answer)
    store.finish()
  }

  private static func rows(_ confusion: Confusion) -> [[Int]] {
    (0..<confusion.classes).map { Array(confusion.counts[$0 * confusion.classes..<($0 + 1) * confusion.classes]) }
  }
}
