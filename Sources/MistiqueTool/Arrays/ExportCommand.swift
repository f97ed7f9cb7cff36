import ArgumentParser
import Foundation
import Mistique

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes columns of one intermediate as a NumPy array.",
    discussion: """
      One row per example, in the order of the file that --ids names: the row ids, int64.

        mistique export Store 'cifar10.cnn.layer8.*' --to layer8.npy --ids rows.npy
        mistique export Store 'cifar10.cnn.layer8.n35' --to n35.npy --rows 17,18,20-30

      Maps are rows x channels x height x width where whole channels are asked for, and rows x columns otherwise. They are float32, bit for bit what is \
      stored. Columns of a pipeline are int64 where all are integers or booleans without a missing value, float64 otherwise, with NaN where one is missing. \
      Dates are days since 1970, timestamps microseconds. Text, and integers that float64 cannot hold, are refused: mistique get writes them as CSV.

      A file is replaced only once the new one is complete. What is not stored is re-run, with --data or --images. Parquet is written from Python: \
      mistique.parquet.export_parquet.
      """)

  @OptionGroup var asking: AskingOptions

  @Option(help: ArgumentHelp("The array's file, .npy; an existing file is replaced.", valueName: "file.npy"))
  var to: String

  @Option(help: ArgumentHelp("A file for the row ids, .npy; an existing file is replaced.", valueName: "file.npy"))
  var ids: String?

  /// What writes files of other kinds.
  private static let instead = [
    "csv": "mistique get --output writes CSV.",
    "parquet": "Parquet is written from Python, by mistique.parquet.export_parquet.",
  ]

  func validate() throws {
    for (option, path) in [("--to", to), ("--ids", ids ?? "ids.npy")] {
      let url = URL(fileURLWithPath: path)
      let kind = url.pathExtension.lowercased()
      guard kind == "npy" else {
        throw ValidationError("\(option): '\(path)' is not called .npy. \(Self.instead[kind] ?? "Only .npy files are written.")")
      }
      let folder = url.deletingLastPathComponent().path
      guard FileManager.default.fileExists(atPath: folder) else {
        throw ValidationError("\(option): '\(path)' is in no folder that is there. Make \(folder) first.")
      }
    }
    if let ids, URL(fileURLWithPath: ids).standardizedFileURL == URL(fileURLWithPath: to).standardizedFileURL {
      throw ValidationError("--to and --ids are one file, '\(to)'. Give two.")
    }
  }

  func run() throws {
    let asked = try asking.parsedOfOneIntermediate("Export")
    let store = try AskedStore(asking)
    let result = try store.fetchSilently(asked, rows: asking.rows?.request ?? .all)[0]
    let array = try ExportedArray(result, asked)
    // The ids come first: an array whose ids are another's would be misread in silence.
    if let ids { try ExportedArray.write(ids: result.rowIDs.array, to: URL(fileURLWithPath: ids)) }
    try array.write(to: URL(fileURLWithPath: to))
    store.tell(result)
    let shape = array.shape.map(Output.grouped).joined(separator: " x ")
    Output.note("\(to): \(shape), \(array.typeName)")
    if ids == nil, !result.rowIDs.array.elementsEqual(0..<Int64(result.rowIDs.count)) {
      Output.note("The row ids are not 0, 1, 2 and so on, and the array does not have them: --ids writes them beside it.")
    }
    store.finish()
  }
}
