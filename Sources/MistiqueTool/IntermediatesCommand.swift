import ArgumentParser
import Mistique

struct IntermediatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intermediates", abstract: "Lists the intermediates of a model.",
    discussion: """
      One line per intermediate, in the order in which the stages emit them: its rows and columns, the bytes of its values, whether it is stored \
      (what is not is re-run; in part: some columns are), and how often it was queried.

        mistique intermediates Store bikes.hourly_deep
      """)

  @OptionGroup var store: StoreArgument

  @Argument(help: ArgumentHelp("project.model, with backticks around a part that contains a dot.", valueName: "model"))
  var model: String

  func run() throws {
    let intermediates = try store.open().intermediates(of: ModelIdentity(argument: model))
    let lines = intermediates.map {
      [
        $0.name, Output.grouped($0.rows), Output.grouped($0.columns), Output.grouped($0.logicalBytes),
        $0.isStored ? "yes" : $0.isPartial ? "in part" : "no",
        Output.grouped($0.queries),
      ]
    }
    print(Output.table([["intermediate", "rows", "columns", "bytes", "stored", "queries"]] + lines, numeric: [1, 2, 3, 5]))
  }
}
