import ArgumentParser
import ExperimentKit
import Foundation

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims", abstract: "Prints what holds of the paper's statements, and what does not, as a page of Markdown.",
    discussion: """
      It judges <experiment>.rows.csv, with <experiment>.provenance.json, of every experiment in a folder of published results.

        experiments claims Results/published/2-cores > Results/CLAIMS.md
      """)

  @Argument(help: ArgumentHelp("The folder of published results.", valueName: "folder"))
  var folder: String

  func run() throws {
    let laboratory = try Catalogue.laboratory(try Settings(option: nil))
    print(try ClaimsPage(published: URL(fileURLWithPath: folder, isDirectory: true), of: laboratory).markdown(), terminator: "")
  }
}
