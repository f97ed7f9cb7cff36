import ArgumentParser
import Mistique

struct DemoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demote",
    abstract: "Frees the residuals of intermediates stored as ladders. Their values are then kept only within a bound.",
    discussion: """
      For models that were logged with --scheme 'ladder(...)'. Nothing is rewritten: the residuals' bytes become a hole in their files. What other models \
      share keeps its residual until nobody needs it. Questions with --within that bound are read as before; others re-run the model, or say that they \
      cannot. There is no undo: what cannot be re-run is never exact again.

        mistique demote Store cifar10.vgg16 layer1 layer4 --to 0.2rms
      """)

  @OptionGroup var store: StoreArgument

  @Argument(help: ArgumentHelp("project.model, with backticks around a part that contains a dot.", valueName: "model"))
  var model: String

  @Argument(help: ArgumentHelp("The names of intermediates; mistique intermediates lists them.", valueName: "intermediate"))
  var intermediates: [String]

  @Option(
    help: ArgumentHelp(
      "What the values must still be within: a number, or root mean squares of the intermediate (0.2rms).", valueName: "bound"))
  var to: QuantizationScheme.ErrorBound

  @OptionGroup var waiting: WaitOption

  func run() throws {
    let identity = try ModelIdentity(argument: model)
    let opened = try store.open(waiting.options)
    try opened.requireAll(intermediates, of: identity, "nothing was given back")
    // All of them before the first is given back, which cannot be undone.
    for name in intermediates { try opened.requireBase(of: name, in: identity, within: to) }
    for name in intermediates {
      let freed = try opened.demote(name, of: identity, to: to)
      print("\(identity).\(name): kept within \(to.argument), \(Output.megabytes(freed.bytes)) freed")
    }
    try opened.close()
  }
}
