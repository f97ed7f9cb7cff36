import ArgumentParser
import ExperimentKit
import Mistique

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Prints the plans that were weighed for a question, without answering it.",
    discussion: """
      Nothing is read or run, and the question is not counted. One line per plan and intermediate, the cheapest first; * marks the one that get, and every \
      other question, would take (csv and json: the column taken). A plan reads the intermediate, or runs stages of the model again: from its input, or from stored intermediates. For each: \
      the predicted seconds (none where a stage was never measured), the frames that it reads and their bytes after decoding, the stages that it runs, and \
      whether it gives exactly what the model emitted. Re-running is weighed where --data or --images says what to run on.

        mistique explain Store 'bikes.hourly_deep.predicted.*' --data folder
        mistique explain Store cifar10.cnn.layer8.n35 --rows 17 --images cifar-10-batches-bin --format json
      """)

  @OptionGroup var asking: AskingOptions
  @OptionGroup var answering: AnsweringOptions

  func run() throws {
    let keys = try asking.parsed(1...Int.max, "at least one")
    let store = try AskedStore(asking)
    let plans = try store.explain(keys, rows: asking.rows?.request ?? .all)
    let lines = plans.flatMap { intermediate, plan in plan.alternatives.map { (intermediate: intermediate, plan: plan, way: $0) } }

    var answer = Answer("explain", subject: plans.map(\.intermediate).joined(separator: ", ")) {
      let ways = lines.map { "\($0.intermediate.split(separator: ".").last ?? ""): \(Self.words($0.way))" }
      return try AnswerChart.bars(
        title: "Predicted time of each plan", of: ways, category: "plan", value: "predicted seconds",
        lines.map { $0.way.predictedSeconds ?? .nan })
    }
    let isTaken = lines.map { $0.way == $0.plan.taken }
    if answering.format == .table {
      answer.table.add("", isTaken.map { $0 ? "*" : "" })
    } else {
      answer.table.add("taken", Column(.boolean(isTaken)))
    }
    answer.table.add("intermediate", lines.map(\.intermediate))
    answer.table.add("plan", lines.map { $0.way.choice == .read ? "read" : "re-run" })
    answer.table.add("starts from", lines.map { Self.start($0.way) })
    answer.table.add("predicted seconds", lines.map(\.way.predictedSeconds))
    answer.table.add("frames", lines.map(\.way.frames))
    answer.table.add("bytes", lines.map(\.way.frameBytes))
    answer.table.add("stages", lines.map(\.way.stages))
    answer.table.add("exact", Column(.boolean(lines.map(\.way.isExact))))
    if lines.contains(where: { !$0.way.isExact && $0.way.errorBound != nil }) {
      answer.table.add("within", lines.map { $0.way.errorBound ?? .nan })
    }
    for (intermediate, plan) in plans {
      if let gamma = plan.gamma { answer.notes.append("\(intermediate): storing it is worth \(CellText.short(gamma)) s/GB.") }
      if !plan.alternatives.contains(where: { $0.choice == .rerun }), asking.sources.plan != .read {
        answer.notes.append("\(intermediate): re-running was not weighed. Give --data, of a pipeline, or --images, of a network.")
      }
    }
    try answering.write(answer)
  }

  private static func start(_ way: QueryPlan.Alternative) -> String {
    way.choice == .read ? "" : way.startsFrom.isEmpty ? "the input" : way.startsFrom.joined(separator: ", ")
  }

  private static func words(_ way: QueryPlan.Alternative) -> String {
    way.choice == .read ? "read" : "from \(start(way))"
  }
}
