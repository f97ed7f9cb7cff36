import ArgumentParser
import Foundation
import Mistique

struct RepairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Rebuilds the catalogue from the partition files; the old one is kept beside it.",
    discussion: "Exit status 1 when a model or a file could not be taken over. Nothing else may have the store open.")

  @OptionGroup var store: StoreArgument

  func run() throws {
    let report = try Mistique.repair(at: store.url)
    for file in report.damagedFiles { print("damaged, left where it is: \(file.reason)") }
    for lost in report.lost { print("\(lost.model) could not be taken over: \(lost.reason)") }
    print("\(report.models.count) models are in the new catalogue.")
    if let previous = report.previousCatalog { print("The old catalogue is \(previous.path).") }
    if !report.lost.isEmpty || !report.damagedFiles.isEmpty { throw ExitCode.failure }
  }
}

struct DeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "delete", abstract: "Deletes models and frees what only they used.")

  @OptionGroup var store: StoreArgument

  @Argument(help: ArgumentHelp("project.model, with backticks around a part that has a dot in it.", valueName: "model"))
  var models: [String]

  @OptionGroup var waiting: WaitOption

  func run() throws {
    let opened = try store.open(waiting.options)
    // All names are looked at before anything is deleted.
    let identities = try models.map { text in
      let identity = try ModelIdentity(argument: text)
      _ = try opened.intermediates(of: identity)
      return identity
    }
    for identity in identities {
      let freed = try opened.delete(identity)
      print("\(identity): \(freed.partitions) partitions and \(freed.frames) frames gone, \(Output.megabytes(freed.bytes)) freed")
    }
    try opened.close()
  }
}

struct CollectGarbageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Gives back what interrupted writers and deletions left: files nobody knows, frames nobody refers to.")

  @OptionGroup var store: StoreArgument

  @OptionGroup var waiting: WaitOption

  func run() throws {
    let opened = try store.open(waiting.options)
    let freed = try opened.collectGarbage()
    print("\(freed.partitions) partitions and \(freed.frames) frames gone, \(Output.megabytes(freed.bytes)) freed")
    try opened.close()
  }
}
