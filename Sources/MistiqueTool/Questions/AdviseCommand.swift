import ArgumentParser
import Mistique

struct AdviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advise", abstract: "Lists what to store and what to drop, by what was asked so far.",
    discussion: """
      One line per intermediate, the most valuable first. gamma is the seconds that storing it has saved, or would have, for each GB that it takes: (re-run - read) \
      x queries / size. Re-running counts from the nearest stored ancestor, so that what follows from it in no time is never worth its bytes. The times are \
      predictions; bytes are on disk, as the store compresses so far.

      store: it is not stored and worth it. drop: it is stored and not worth it. demote: the same of what is in rungs, whose base \
      still answers within its bound at a fraction of the bytes. keep and leave: as it is. What is worth it is decided by each model's own \
      policy, by --gamma for all, or by --budget: the most valuable, until the budget is used up. Nothing is changed.

        mistique advise Store
        mistique advise Store --gamma 0.5s/KB
        mistique advise Store --budget 5GB --format csv
        mistique drop Store bikes.hourly_deep known --data folder
        mistique demote Store cifar10.vgg16 layer1 --to 0.2rms
      """)

  @OptionGroup var store: StoreArgument

  @Option(help: ArgumentHelp("Worth storing is what saves more: a number and s/GB, s/MB or s/KB.", valueName: "gamma"))
  var gamma: String?

  @Option(help: ArgumentHelp("Worth storing is what fits: a number and KB, MB, GB or TB.", valueName: "bytes"))
  var budget: String?

  @OptionGroup var answering: AnsweringOptions

  func validate() throws {
    if gamma != nil, budget != nil { throw ValidationError("Give --gamma or --budget, not both.") }
  }

  func run() throws {
    let opened = try store.open()
    let advice =
      try gamma.map { try opened.advise(gamma: GammaThreshold($0)) } ?? budget.map { try opened.advise(budget: StorageBudget($0)) }
      ?? opened.advise()
    let names = advice.map { "\(IntermediateKey(model: $0.model, intermediate: $0.intermediate))".dropLast(2) }.map(String.init)
    var answer = Answer("advise", subject: store.folder) {
      try AnswerChart.bars(
        title: "What each intermediate saves", of: names, category: "intermediate", value: "gamma, s/GB", advice.map(\.gamma))
    }
    answer.table.add("advice", advice.map(\.action.rawValue))
    answer.table.add("intermediate", names)
    answer.table.add("gamma s/GB", advice.map(\.gamma))
    answer.table.add("queries", advice.map(\.queries))
    answer.table.add("bytes", advice.map(\.bytes))
    answer.table.add("re-run s", advice.map(\.rerunSeconds))
    answer.table.add("read s", advice.map(\.readSeconds))
    let unmeasured = try opened.models().reduce(0) { try $0 + opened.intermediates(of: $1.identity).count } - advice.count
    if unmeasured > 0 {
      answer.notes.append("\(unmeasured) more have a stage before them whose time was never measured, so nothing can be said of them.")
    }
    try answering.write(answer)
  }
}
