import ArgumentParser
import Mistique

struct DropCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Deletes the stored values of intermediates, which are re-run from then on.",
    discussion: """
      The models stay, and every question about them is answered as before, by re-running. So that nothing is lost, --data or --images must give what the \
      model was logged on: it is compared with what the store knows of it before anything is deleted. mistique advise says what is worth dropping.

        mistique drop Store bikes.hourly_deep known read --data folder
        mistique drop Store cifar10.vgg16 layer1 --images cifar-10-batches-bin
      """)

  @OptionGroup var store: StoreArgument

  @Argument(help: ArgumentHelp("project.model, with backticks around a part that contains a dot.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("The names of intermediates; mistique intermediates lists them.", valueName: "intermediate"))
  var intermediates: [String]

  @OptionGroup var inputs: LoggedInputOptions

  @OptionGroup var waiting: WaitOption

  func run() throws {
    let identity = try ModelIdentity(argument: model)
    let opened = try AskedStore(store, inputs, waiting.options).store
    try opened.requireAll(intermediates, of: identity, "nothing was dropped")
    for name in intermediates {
      let freed = try opened.drop(name, of: identity)
      print("\(identity).\(name): \(freed.line)")
    }
    try opened.close()
  }
}
