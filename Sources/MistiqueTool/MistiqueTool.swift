import ArgumentParser
import Foundation
import Groundwork

@main
struct MistiqueTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mistique", abstract: "Stores and queries the intermediates of pipelines, and maintains such stores.",
    discussion: """
      A pipeline is a YAML file over your own CSV files:

        mistique check p.yaml --data folder               prints what it does
        mistique transformers                             what stages can do
        mistique log p.yaml --data folder --store Store   runs it, stores everything
        mistique intermediates Store project.model        what can be queried
        mistique get Store 'project.model.predicted.*'    any of it, as CSV

      Maintaining a store:

        mistique models Store                 what is logged, and its size
        mistique verify Store                 reads every byte and checks it
        mistique repair Store                 rebuilds a lost catalogue
        mistique delete Store project.model   frees what only that model used
        mistique gc Store                     frees what interrupted writers left
      """,
    subcommands: [
      CheckCommand.self, TransformersCommand.self, LogCommand.self, IntermediatesCommand.self, GetCommand.self, ModelsCommand.self,
      VerifyCommand.self,
      RepairCommand.self, DeleteCommand.self, CollectGarbageCommand.self,
    ])

  /// Ends with status 1 after an error, and with 1 or 141 when standard output or standard error did not accept everything.
  static func main() {
    StandardStreams.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
      StandardStreams.exit(EXIT_SUCCESS)
    } catch {
      let status = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty { (status.isSuccess ? StandardStream.output : .error).line(message) }
      StandardStreams.exit(status.rawValue)
    }
  }
}
