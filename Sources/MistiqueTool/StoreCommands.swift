import ArgumentParser
import Foundation
import Mistique

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Lists the logged models, and the size of the store.",
    discussion: """
      One line per model: its name in keys, its kind, the policy it was logged under, and the bytes of its values. The last line is the size of the \
      store on disk.

        mistique models Store
      """)

  @OptionGroup var store: StoreArgument

  func run() throws {
    let opened = try store.open()
    for model in try opened.models() {
      let intermediates = try opened.intermediates(of: model.identity)
      let logical = intermediates.reduce(0) { $0 + $1.logicalBytes }
      print(
        "\(model.identity)  \(model.kind), \(model.policy): \(intermediates.count) intermediates, \(Output.megabytes(logical)) of values")
    }
    let storage = try opened.storage()
    print(
      "\(storage.partitions) partitions, \(storage.chunks) chunks: \(Output.megabytes(storage.storedBytes)) on disk, of which directories and "
        + "catalogue \(Output.megabytes(storage.directoryBytes + storage.catalogBytes))")
  }
}

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Reads and checks every byte that a model refers to.",
    discussion: """
      The exit status is 1 when something is damaged. Each damaged file is named with what is wrong, and then the models that need it. Nothing is changed.

        mistique verify Store
      """)

  @OptionGroup var store: StoreArgument

  func run() throws {
    let report = try store.open().verify { done, total in
      Output.progress("\(done) of \(total) partitions")
    }
    Output.endProgress()
    for problem in report.problems { print(problem) }
    print(
      "\(report.models) models, \(report.partitions) partitions, \(report.frames) frames, \(Output.megabytes(report.bytes)) read.")
    if report.demotedFrames > 0 {
      print("Of \(report.demotedFrames) frames the residual was given back: their values are there within the bound of their base.")
    }
    guard !report.isIntact else { return print("The store is intact.") }
    print(
      "Damaged: \(report.damagedModels.map { "\($0)" }.joined(separator: ", ")). Restore the files named above from a copy, or delete these models "
        + "and log them again.")
    throw ExitCode.failure
  }
}
