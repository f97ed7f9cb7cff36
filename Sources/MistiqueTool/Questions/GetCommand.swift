import ArgumentParser
import Foundation
import Mistique
import Groundwork
import TabularPipelines

struct GetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Prints columns of one intermediate as CSV.",
    discussion: """
      The first column is row_id; the others follow in the order of the keys. Prints the plan, its time and the bytes read to standard error.

        mistique get Store 'bikes.hourly_deep.predicted.*' > predicted.csv
        mistique get Store bikes.hourly_deep.known.temp --rows 17,18,20-30
        mistique get Store bikes.hourly_deep.known.temp bikes.hourly_deep.known.hr
        mistique get Store 'bikes.hourly_deep.known.*' --plan rerun --data folder
        mistique get Store cifar10.cnn.layer8.n35 --plan rerun --images cifar-10-batches-bin

      --output replaces a file only once the new one is complete. It follows links, and writes into a FIFO, a device or /dev/stdout. When standard \
      output or standard error accepts no more data, the exit status is 1, or 141 for a pipe whose reader has gone.

      A store does not remember where the input files are, so a re-run needs --data, the folder with a pipeline's files that were logged, or \
      --images, the images that a network was logged on. It trains nothing. Quote keys that contain * or a backtick for the shell.
      """)

  @OptionGroup var asking: AskingOptions

  @Option(
    help: ArgumentHelp("The file for the CSV, instead of standard output; an existing file is replaced.", valueName: "file"),
    transform: GivenPath.checked)
  var output: String?

  @Option(help: ArgumentHelp("The name of the column of row ids.", valueName: "name"))
  var idColumn = "row_id"

  func run() throws {
    let asked = try asking.parsedOfOneIntermediate("Query")
    let store = try AskedStore(asking)
    try store.requireSharedRows(asked, areNamed: asking.rows != nil)
    let result = try store.fetchSilently(asked, rows: asking.rows?.request ?? .all)[0]
    try write(try result.frame(of: asked, idColumn: idColumn, option: "--id-column"))
    store.tell(result)
    store.finish()
  }

  private func write(_ frame: DataFrame) throws {
    if let output { return try CSVWriter().write(frame, to: URL(fileURLWithPath: output)) }
    do {
      try CSVWriter().write(frame) { bytes in try bytes.withUnsafeBytes { try StandardStream.output.write(contentsOf: $0) } }
    } catch is SystemFailure {
      throw ExitCode.success  // the stream keeps its failure, which decides the exit status
    }
  }
}
