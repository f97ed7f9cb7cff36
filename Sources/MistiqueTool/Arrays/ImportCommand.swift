import ArgumentParser
import ArrayFiles
import Foundation
import Mistique

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Stores arrays that another program saved, each as an intermediate.",
    discussion: """
      The arrays are those of a folder with .npy, .npz and .safetensors files, or of one such file. The first dimension is the examples, the same in every \
      array; row_id is the place of a row. An intermediate is called as its file without .npy, as its member of an .npz archive, or as its tensor. \
      In a folder of several files, the names of members and tensors begin with the file's name and _, as in epoch9_layer1.

        mistique import Store mine.resnet activations           a folder: layer1.npy, layer2.npy, ...
        mistique import Store mine.resnet activations.safetensors   a tensor for each layer
        mistique get Store 'mine.resnet.layer1.*' --rows 17

      bool, integers up to 16 bits, float16, bfloat16 and float32 are stored as float32, without loss; four dimensions of them are taken as rows x channels x \
      height x width. float64 and wider integers are stored as they are, as columns n0, n1 and so on, whatever their dimensions: they are no maps, so that pool \
      and ladder of --scheme do not apply to them, and integers are never quantized. Shape and type are kept beside the values: mistique export writes the \
      whole array with both again. Pickles, and so arrays of objects, are refused.

      A stored model is never overwritten: delete it, or import under another name. Ctrl-C leaves the store as it was. Parquet files are imported from \
      Python: mistique.parquet.import_parquet.
      """)

  enum Policy: String, CaseIterable, ExpressibleByArgument {
    case dedup
    case storeAll = "store-all"

    var policy: StoragePolicy { self == .dedup ? .dedup : .storeAll }
  }

  @Argument(help: ArgumentHelp("The folder of the store; created if it does not exist.", valueName: "store"), transform: GivenPath.checked)
  var store: String

  @Argument(help: ArgumentHelp("What the model is to be called in keys, project.name.", valueName: "project.name"))
  var name: String

  @Argument(
    help: ArgumentHelp("A folder of .npy, .npz and .safetensors files, or one of them.", valueName: "folder or file"),
    transform: GivenPath.checked)
  var path: String

  @Option(help: "dedup stores equal data once; store-all stores everything, even what is already there.")
  var policy = Policy.dedup

  @OptionGroup var form: SchemeOption

  @OptionGroup var waiting: WaitOption

  func validate() throws { try NewStore.check(store, option: "store") }

  func run() throws {
    let identity = try ModelIdentity(argument: name)
    // Whatever can be known to fail is checked before a store is made.
    let chosen = try form.applied(to: policy.policy)
    let folder = try ArrayFolder(URL(fileURLWithPath: path))
    let model = try ArrayModel(folder)
    let opened = try IntermediateStore(at: URL(fileURLWithPath: store, isDirectory: true), options: waiting.options)
    if try opened.models().contains(where: { $0.identity == identity }) {
      throw StoreError(
        .alreadyLogged, "a model of that name is in the store, so nothing was read", at: "\(identity)",
        remedy: "Import under another name, or free the name: mistique delete \(store) \(identity)")
    }
    for array in folder.arrays.map(\.array) {
      let notes = [ArrayLayout.doubt(array), ArrayLayout.note(array, chosen.quantization)].compactMap(\.self)
      for note in notes { Output.note("note: \(Output.oneLine(note))") }
    }
    Interruption.install()
    let report: LoggingReport
    do {
      Output.progress("\(identity): \(folder.arrays.count) arrays of \(Output.grouped(folder.rows)) rows")
      defer { Output.endProgress() }
      report = try opened.logIntermediates(of: model, as: identity, policy: chosen) { Interruption.isRequested }
    } catch is CancellationError {
      Output.note("Stopped: \(identity) was not imported, and the store is as it was before.")
      throw Interruption.exitCode
    }
    let lines = try opened.intermediates(of: identity).map { intermediate in
      [
        intermediate.name, Output.grouped(intermediate.rows), Output.grouped(intermediate.columns),
        Output.grouped(intermediate.logicalBytes), Output.grouped(intermediate.newBytes),
      ]
    }
    print("\(identity): \(report.intermediates) intermediates in \(Output.seconds(report.seconds)), policy \(chosen)")
    print(Output.table([["intermediate", "rows", "columns", "bytes", "new bytes"]] + lines, numeric: [1, 2, 3, 4]))
    for line in report.warnings { Output.note("Warning: \(line)") }
    print("  on disk: \(Output.grouped(report.storedBytes)) bytes in \(report.partitions) partitions")
    try opened.close()
  }
}
