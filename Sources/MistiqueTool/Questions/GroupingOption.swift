import ArgumentParser
import ConvolutionalNetworks
import Foundation
import Mistique

/// What rows are grouped by.
struct GroupingOption: ParsableArguments {
  @Option(help: ArgumentHelp("The key of a column whose values are the groups.", valueName: "key"))
  var by: String?

  var key: IntermediateKey? {
    get throws { try by.map { try IntermediateKey($0) } }
  }
}

extension AskedStore {
  /// The groups of rows: by a column, or by the classes of the images that the model was logged on.
  ///
  /// - Parameters:
  ///   - column: the column of `--by`, where it is given.
  ///   - key: of the rows' intermediate; its model's images are meant otherwise.
  func groups(_ column: AskedColumn?, rowIDs: [Int64], of key: IntermediateKey) throws -> Groups {
    if let column {
      guard input != nil || sources.inputs.labels == nil else {
        throw ValidationError(
          "Give --by, which groups rows by a column, or --labels, which groups them by the classes of images; not both.")
      }
      return try Groups(column)
    }
    if let input {
      let model = key.model
      guard let kind = try store.models().first(where: { $0.identity == model })?.kind, kind == NetworkModel.kind else {
        throw QuestionError(
          "\(model)", "it is a pipeline, and --images has the classes of a network's", remedy: "Give --by with the key of a column")
      }
      let logged = try input.input(specification: try store.specification(of: model), of: model)
      guard let images = logged.imagesIfAny, input.files.isCIFAR10 else {
        // The classes of an array's rows are in a file of their own.
        guard let labels = sources.inputs.labels else {
          throw QuestionError(
            sources.inputs.images!, "it is an array, which has no classes", remedy: "Give them with --labels, or --by")
        }
        return try groups(labels: labels, rowIDs: rowIDs, of: key)
      }
      return try Groups(
        labels: images.labels.map(Int64.init), rowIDs: rowIDs, labelNames: CIFAR10.labelNames, place: sources.inputs.images!)
    }
    guard let labels = sources.inputs.labels else {
      throw ValidationError(
        "Rows need groups: give --by with the key of a column, --images with the network's images, or --labels with the classes of images.")
    }
    return try groups(labels: labels, rowIDs: rowIDs, of: key)
  }

  /// The classes in a file of `--labels`, with a note where there are not as many as rows: they may be those of other examples.
  private func groups(labels path: String, rowIDs: [Int64], of key: IntermediateKey) throws -> Groups {
    let labels = try ImageFiles.labels(in: URL(fileURLWithPath: path))
    let groups = try Groups(labels: labels, rowIDs: rowIDs, labelNames: [], place: path)
    let rows = try store.intermediates(of: key.model).first { $0.name == key.intermediate }?.rows
    if let rows, rows != labels.count {
      Output.note(
        "note: \(path) has \(Output.counted(labels.count, "label", "labels")), and \(key.model).\(key.intermediate) has "
          + "\(Output.counted(rows, "row", "rows")): a row has the label whose place, from 0, is its row_id.")
    }
    return groups
  }

  /// Whether there is something to group by, without `--by`.
  var hasLabels: Bool { sources.inputs.images != nil || sources.inputs.labels != nil }
}
