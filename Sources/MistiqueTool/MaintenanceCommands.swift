import ArgumentParser
import ExperimentKit
import Foundation
import Mistique

struct RepairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Rebuilds the catalogue from the partition files; the old one is kept beside it.",
    discussion: """
      Use it when the catalogue is lost or damaged, or when a partition file is. It recovers every model whose files are complete; the exit status is 1 when a \
      model or a file could not be recovered. Partition files that no recovered model needs are kept in the store's folder partitions.set-aside. No other process may have the store open.

        mistique repair Store
        mistique verify Store
      """)

  @OptionGroup var store: StoreArgument

  func run() throws {
    let report = try IntermediateStore.repair(at: store.url)
    for file in report.damagedFiles { print("Damaged: \(file.reason)") }
    for lost in report.lost { print("\(lost.model) could not be recovered: \(lost.reason)") }
    let (count, isComplete) = (report.models.count, report.lost.isEmpty && report.damagedFiles.isEmpty)
    print("\(count) model\(count == 1 ? " is" : "s are") in the new catalogue.")
    if let (folder, files) = report.setAside {
      print(
        "\(Output.counted(files, "partition file that no recovered model needs is", "partition files that no recovered model needs are")) now in "
          + "\(folder.path).")
      if isComplete {
        print("An interrupted writer left them. Delete the folder, unless models are missing that this store once had.")
      } else {
        // Over nothing that is there: what was logged since may have the names of damaged files.
        let command = "cp -rn \(ShellText.quoted(folder.path + "/.")) \(ShellText.quoted(store.url.path + "/partitions/"))"
        print("Once they can be read, copy them back and repair again: \(command)")
      }
    }
    if !report.lost.isEmpty {
      print(
        "What these models share with others is still there. The next delete or gc frees it: repair again before that, if what is missing can be had."
      )
    }
    if let previous = report.previousCatalog { print("The old catalogue is now \(previous.path).") }
    if !isComplete { throw ExitCode.failure }
  }
}

struct DeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Deletes models and frees what only they used.",
    discussion: """
      What other models share stays. All names are looked up before anything is deleted. There is no undo: a deleted model can only be logged again. \
      Damaged partition files that only it needs are moved to the store's folder partitions.set-aside.

        mistique delete Store bikes.hourly
        mistique delete Store bikes.hourly_deep bikes.hourly_shallow
      """)

  @OptionGroup var store: StoreArgument

  @Argument(help: ArgumentHelp("project.model, with backticks around a part that contains a dot.", valueName: "model"))
  var models: [String]

  @OptionGroup var waiting: WaitOption

  func run() throws {
    let opened = try store.open(waiting.options)
    let identities = try models.map { text in
      let identity = try ModelIdentity(argument: text)
      _ = try opened.intermediates(of: identity)
      return identity
    }
    for identity in identities {
      let freed = try opened.delete(identity)
      print("\(identity): \(freed.line)")
    }
    try opened.close()
  }
}

struct CollectGarbageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Frees what interrupted writers and deletions left: unknown files, and frames that nothing refers to.",
    discussion: """
      The next writer frees such files anyway. No model changes, and neither does any answer.

        mistique gc Store
      """)

  @OptionGroup var store: StoreArgument

  @OptionGroup var waiting: WaitOption

  func run() throws {
    let opened = try store.open(waiting.options)
    let freed = try opened.collectGarbage()
    print(freed.line)
    try opened.close()
  }
}
