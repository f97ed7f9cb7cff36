import ArgumentParser
import ArrayFiles
import Foundation
import Groundwork
import Mistique
import TabularPipelines

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes columns of one intermediate as an array, or as CSV.",
    discussion: """
      One row per example, in the order of the store; with --rows in the order of these, and a row that they name twice comes twice. --ids writes the row \
      ids in the same order, int64. The name of the file says how it is written: .npy, .npz and .safetensors, of one array that is called as the \
      intermediate, and .csv, in the form that mistique get writes, with the row ids.

        mistique export Store 'cifar10.cnn.layer8.*' --to layer8.npy --ids rows.npy
        mistique export Store 'cifar10.cnn.layer8.n35' --to n35.safetensors --rows 17,18,20-30

      All columns of an imported array, or of a layer captured from Python, have the shape and the element type that they were stored from: rows x T x D of \
      float16, say. Elements are little-endian. .npy and .npz files have bfloat16 as float32, since NumPy has no bfloat16. Values that were stored quantized \
      are float32 or float64.

      A layer that was captured as sequences of different lengths goes into an .npz file of five arrays: values, the tokens of all examples, one example \
      after the other, tokens x D in the captured type; row_id, of each example; lengths, how many tokens each has; offsets, the place of its first token \
      in the batch that it was captured in, and widths, the T of that batch: together where the padding was. numpy.split(values, lengths.cumsum()[:-1]) \
      has an array per example. Other files hold one array, and are refused; --ids has the ids of the examples.

      Everything else has flat rows: rows x columns. That goes for keys of only some columns, for pooled layers, and for captured float64 and wide \
      integers. Whole channels of maps are still rows x channels x height x width. Flat values and \
      maps are float32, bit for bit what is stored. Columns of a pipeline are int64 where all are integers or booleans without a missing value, float64 \
      otherwise, with NaN where one is missing. Dates are days since 1970, timestamps microseconds. Text, and integers that float64 cannot hold, are \
      refused: CSV has them.

      A file is replaced only once the new one is complete. What is not stored is re-run, with --data or --images. Parquet is written from Python: \
      mistique.parquet.export_parquet.
      """)

  @OptionGroup var asking: AskingOptions

  @Option(
    help: ArgumentHelp("The file, .npy, .npz, .safetensors or .csv; an existing file is replaced.", valueName: "file"),
    transform: GivenPath.checked)
  var to: String

  @Option(
    help: ArgumentHelp("A file for the row ids, .npy; an existing file is replaced.", valueName: "file.npy"), transform: GivenPath.checked)
  var ids: String?

  /// What files are called by the last part of their names.
  private static func kind(of path: String) -> String { URL(fileURLWithPath: path).pathExtension.lowercased() }

  func validate() throws {
    let kinds = ExportedArray.Format.allCases.map(\.rawValue) + ["csv"]
    for (option, path, known) in [("--to", to, kinds), ("--ids", ids ?? "ids.npy", ["npy"])] {
      let url = URL(fileURLWithPath: path)
      guard known.contains(Self.kind(of: path)) else {
        let instead =
          Self.kind(of: path) == "parquet"
          ? "Parquet is written from Python, by mistique.parquet.export_parquet." : "Files of no other kind are written."
        throw ValidationError("\(option): '\(path)' is not called \(known.map { ".\($0)" }.joined(separator: ", ")). \(instead)")
      }
      let folder = url.deletingLastPathComponent().path
      guard FileManager.default.fileExists(atPath: folder) else {
        throw ValidationError("\(option): '\(path)' is in no folder that is there. Make \(folder) first.")
      }
    }
    if let ids, let target = OutputTarget(to), target == OutputTarget(ids) {
      throw ValidationError("--to '\(to)' and --ids '\(ids)' are one file. Give two.")
    }
  }

  func run() throws {
    let asked = try asking.parsedOfOneIntermediate("Export")
    let store = try AskedStore(asking)
    try store.requireSharedRows(asked, areNamed: asking.rows != nil)
    if Self.kind(of: to) != "npz", try store.areSequences(asked[0]) {
      throw QuestionError(
        to, "the rows of \(asked[0]) are sequences of different lengths, and this file would not say which tokens are whose",
        remedy: "Export to a .npz file, which says it; or save from Python what padded() gives, (rows, T, D) and a mask")
    }
    let result = try store.fetchSilently(asked, rows: asking.rows?.request ?? .all)[0]
    let rows = asking.rows?.places(in: result.rowIDs.array)
    let sequences = try store.sequences(of: asked[0], in: result)
    let rowIDs = sequences?.rowIDs ?? rows.map { $0.map { result.rowIDs[$0] } } ?? result.rowIDs.array
    let url = URL(fileURLWithPath: to)
    // Both are complete before either is replaced. The old ids go in between: an array beside another's ids would be misread in silence.
    let format = ExportedArray.Format(rawValue: Self.kind(of: to))
    let form = store.rowForm(of: asked[0], in: result, areSequences: sequences != nil)
    let array = try format.map { try ExportedArray(result, asked, rows: sequences?.tokens ?? rows, form: form, in: $0) }
    let frame = try array == nil ? result.frame(of: asked, rows: rows, idColumn: "row_id", option: nil) : nil
    let idsFile = try ids.map { path in
      try OutputBytes.naming(path) { try ExportedArray.idsFile(rowIDs, at: URL(fileURLWithPath: path)) }
    }
    if let frame { try CSVWriter().write(frame, to: url) }
    if let array, let format {
      try OutputBytes.naming(to) {
        if let sequences {
          try array.write(sequences, to: url, whenWritten: removeOldIDs)
        } else {
          try array.write(to: url, as: format, name: asked[0].intermediate, whenWritten: removeOldIDs)
        }
      }
    }
    do { try idsFile?.commit() } catch let failure as SystemFailure { throw OutputBytes.unwritable(failure, at: ids ?? to) }
    store.tell(result)
    let shape = array.map { "\($0.shape.map(Output.grouped).joined(separator: " x ")), \($0.element.name)" }
    let whose = sequences.map { ", tokens of \(Output.counted($0.rowIDs.count, "sequence", "sequences"))" } ?? ""
    Output.note("\(to): \(shape ?? "\(Output.grouped(rowIDs.count)) rows and their ids")\(whose)")
    if let note = array?.note { Output.note(note) }
    if array != nil, ids == nil, sequences == nil, !rowIDs.elementsEqual(0..<Int64(rowIDs.count)) {
      Output.note("The row ids are not 0, 1, 2 and so on, and the array does not have them: --ids writes them beside it.")
    }
    store.finish()
  }

  private func removeOldIDs() throws {
    guard let ids, let about = try? FileManager.default.attributesOfItem(atPath: ids), about[.type] as? FileAttributeType == .typeRegular
    else { return }
    try FileManager.default.removeItem(atPath: ids)
  }
}
