import ArgumentParser
import Foundation
import Mistique

@main
struct MistiqueTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mistique", abstract: "Looks after a store of model intermediates.",
    discussion: """
        mistique models Store                     what is logged, and what it takes
        mistique verify Store                     reads every byte; exit status 1 when something is damaged
        mistique repair Store                     rebuilds the catalogue from the partition files
        mistique delete Store cifar10.cnn-10pct   frees what only that model used
        mistique gc Store                         gives back what interrupted writers and deletions left
      """,
    subcommands: [ModelsCommand.self, VerifyCommand.self, RepairCommand.self, DeleteCommand.self, CollectGarbageCommand.self])
}

/// The store that a command is about.
struct StoreArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The folder of the store.", valueName: "store"))
  var folder: String

  var url: URL { URL(fileURLWithPath: folder, isDirectory: true) }

  func validate() throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw ValidationError("'\(folder)' is not a folder. Give the folder that holds catalog.sqlite and partitions/.")
    }
    guard FileManager.default.fileExists(atPath: url.appendingPathComponent("partitions").path) else {
      throw ValidationError("'\(folder)' is not a store: it has no partitions/ in it.")
    }
  }

  func open() throws -> Mistique { try Mistique(at: url) }
}

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "models", abstract: "Lists what is logged, and what the store takes.")

  @OptionGroup var store: StoreArgument

  func run() throws {
    let opened = try store.open()
    for model in try opened.models() {
      let intermediates = try opened.intermediates(of: model.identity)
      let logical = intermediates.reduce(0) { $0 + $1.logicalBytes }
      print("\(model.identity)  \(model.kind), \(model.policy): \(intermediates.count) intermediates, \(Self.megabytes(logical)) of values")
    }
    let storage = try opened.storage()
    print(
      "\(storage.partitions) partitions, \(storage.chunks) chunks: \(Self.megabytes(storage.storedBytes)) on disk, of which directories and "
        + "catalogue \(Self.megabytes(storage.directoryBytes + storage.catalogBytes))")
  }

  static func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }
}

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Reads every byte that some model refers to and checks it.",
    discussion: "Exit status 1 when something is damaged.")

  @OptionGroup var store: StoreArgument

  func run() throws {
    let report = try store.open().verify { done, total in
      guard isatty(STDERR_FILENO) == 1 else { return }
      FileHandle.standardError.write(Data("\r\(done) of \(total) partitions\(done == total ? "\n" : "")".utf8))
    }
    for problem in report.problems { print(problem) }
    print(
      "\(report.models) models, \(report.partitions) partitions, \(report.frames) frames, \(ModelsCommand.megabytes(report.bytes)) read.")
    guard !report.isIntact else { return print("The store is intact.") }
    print(
      "Damaged: \(report.damagedModels.map { "\($0)" }.joined(separator: ", ")). Restore the files named above from a copy, or delete these models "
        + "and log them again.")
    throw ExitCode.failure
  }
}

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

  func run() throws {
    let opened = try store.open()
    // All names are looked at before anything is deleted.
    let identities = try models.map { text in
      let identity = try IntermediateKey("\(text).x.*").model
      _ = try opened.intermediates(of: identity)
      return identity
    }
    for identity in identities {
      let freed = try opened.delete(identity)
      print("\(identity): \(freed.partitions) partitions and \(freed.frames) frames gone, \(ModelsCommand.megabytes(freed.bytes)) freed")
    }
    try opened.close()
  }
}

struct CollectGarbageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Gives back what interrupted writers and deletions left: files nobody knows, frames nobody refers to.")

  @OptionGroup var store: StoreArgument

  func run() throws {
    let opened = try store.open()
    let freed = try opened.collectGarbage()
    print("\(freed.partitions) partitions and \(freed.frames) frames gone, \(ModelsCommand.megabytes(freed.bytes)) freed")
    try opened.close()
  }
}
