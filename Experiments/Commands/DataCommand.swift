import ArgumentParser
import ConvolutionalNetworks
import Foundation
import Groundwork

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Downloads CIFAR-10 (162 MB) from its author's page, checks it and unpacks it.",
    discussion: """
        experiments data
        experiments data --data /path/to/data

      An interrupted download is resumed by the same command. The Zillow Prize tables may not be redistributed: download them from Kaggle \
      and put properties_2016.csv, train_2016_v2.csv and sample_submission.csv into <dir>/zillow.
      """)

  @Option(help: ArgumentHelp("Where to put cifar-10-batches-bin/.", valueName: "dir"))
  var data = "Data"

  @Option(help: ArgumentHelp("Another place to fetch the archive from.", valueName: "url"))
  var url: String?

  func run() throws {
    var archive = CIFAR10Download.Archive.official
    if let url {
      guard let other = URL(string: url), other.scheme != nil else { throw ValidationError("'\(url)' is not a URL.") }
      archive.url = other
    }
    var download = CIFAR10Download(archive)
    download.showsMeter = StandardStream.error.isTerminal
    try download.run(into: URL(fileURLWithPath: data, isDirectory: true), report: { print($0) })
  }
}
