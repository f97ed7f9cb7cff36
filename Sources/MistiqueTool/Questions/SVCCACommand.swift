import ArgumentParser
import Diagnosis
import ExperimentKit
import Mistique

struct SVCCACommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svcca", abstract: "SVCCA: how similar two representations of the same rows are.",
    discussion: """
      A layer and the logits, or the same layer of two checkpoints. Each side's columns are centred, and of its singular directions the largest are kept, \
      until they explain --variance of the variance. The answer is the canonical correlations of the kept directions, 0 to 1, and their mean, which is the \
      paper's number (Raghu et al., NeurIPS 2017). Ask for many more rows than directions: with as many, everything correlates with everything. Every value \
      must be a finite number; columns of text are left out.

        mistique svcca Store 'cifar10.cnn.layer8.*' 'cifar10.cnn.layer17.*'
        mistique svcca Store 'cifar10.cnn.layer6.*' 'cifar10.cnn_2.layer6.*' --directions 20 --format json
      """)

  @OptionGroup var asking: AskingOptions

  @Option(help: ArgumentHelp("The share of the variance that the kept directions explain, above 0, at most 1.", valueName: "share"))
  var variance = 0.99

  @Option(help: ArgumentHelp("At most so many directions of each side.", valueName: "count"))
  var directions: Int?

  @Option(help: "What to compute from a neuron's map: its maximum, its mean, or each value by itself.")
  var map = MapChoice.values

  @OptionGroup var answering: AnsweringOptions

  func validate() throws {
    guard variance > 0, variance <= 1 else { throw ValidationError("--variance \(variance): give a share above 0, at most 1.") }
    if let directions { try ListLength.check(directions, "--directions") }
  }

  func run() throws {
    let keys = try asking.parsed(2...2, "two keys, such as 'project.model.layer4.*' and 'project.model.layer8.*'")
    let store = try AskedStore(asking)
    let asked = try store.answer(keys, rows: asking.rows)
    var notes: [String] = []
    let sides = try keys.indices.map { try side($0, of: asked, &notes) }
    let options = SVCCA.Options(variance: variance, maximumDirections: directions)
    let found = try sides[0].values.withValues { first in
      try sides[1].values.withValues { second in
        try SVCCA(
          MatrixView(first, columns: sides[0].values.columns), MatrixView(second, columns: sides[1].values.columns), options: options)
      }
    }
    var answer = Answer("svcca", subject: "\(keys[0]) and \(keys[1])") {
      let points = found.coefficients.enumerated().map { (x: Double($0 + 1), y: $1) }
      let chart = try AnswerChart.points(
        title: "Canonical correlations of two representations", x: Axis("direction"), y: Axis("correlation", range: 0...1.02),
        [("correlation", points)], joined: true)
      return chart.with(note: "Mean \(CellText.short(found.mean)) over \(Output.grouped(asked.rowIDs.count)) rows.")
    }
    answer.facts = [
      .init("mean", found.mean), .init("rows", asked.rowIDs.count), .init("first directions", found.firstDirections),
      .init("second directions", found.secondDirections),
    ]
    answer.table.add("direction", found.coefficients.indices.map { $0 + 1 })
    answer.table.add("correlation", found.coefficients)
    answer.notes = notes
    if asked.rowIDs.count < 3 * max(found.firstDirections, found.secondDirections) {
      answer.notes.append(
        "There are fewer than three rows per kept direction: the coefficients are too high. Ask for more rows, or limit --directions.")
    }
    try answering.write(answer)
    store.finish()
  }

  private func side(_ place: Int, of asked: AskedAnswer, _ notes: inout [String]) throws -> AskedMatrix {
    let matrix: AskedMatrix
    if map == .values, let layer = asked.layer(place..<place + 1) {
      matrix = layer
    } else {
      let columns = asked.columns(map).ofKey[place]
      let numbers = columns.filter { $0.values.type != .text }
      guard !numbers.isEmpty else {
        throw QuestionError("\(asked.keys[place])", "it has no columns of numbers", remedy: "Ask for columns of numbers")
      }
      if numbers.count < columns.count {
        notes.append(
          Output.counted(columns.count - numbers.count, "column of text is", "columns of text are") + " left out of \(asked.keys[place]).")
      }
      matrix = try AskedMatrix(numbers, rows: asked.rowIDs.count)
    }
    try matrix.values.withValues { values in
      guard let broken = values.firstIndex(where: { !$0.isFinite }) else { return }
      let (row, column) = (broken / matrix.names.count, broken % matrix.names.count)
      throw QuestionError(
        "\(asked.keys[place])", "column \(matrix.names[column]) is \(values[broken]) at row_id \(asked.rowIDs[row])",
        remedy: "Leave out that column or row, or take a stage that fills gaps")
    }
    return matrix
  }
}
