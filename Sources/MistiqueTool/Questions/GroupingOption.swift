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
  ///   - model: whose images are meant otherwise.
  func groups(_ column: AskedColumn?, rowIDs: [Int64], model: ModelIdentity) throws -> Groups {
    if let column {
      guard input != nil || sources.inputs.labels == nil else {
        throw ValidationError(
          "Give --by, which groups rows by a column, or --labels, which groups them by the classes of images; not both.")
      }
      return try Groups(column)
    }
    if let input {
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
        return try Groups(
          labels: try ImageFiles.labels(in: URL(fileURLWithPath: labels)), rowIDs: rowIDs, labelNames: [], place: labels)
      }
      return try Groups(
        labels: images.labels.map(Int64.init), rowIDs: rowIDs, labelNames: CIFAR10.labelNames, place: sources.inputs.images!)
    }
    guard let labels = sources.inputs.labels else {
      throw ValidationError(
        "Rows need groups: give --by with the key of a column, --images with the network's images, or --labels with the classes of images.")
    }
    return try Groups(
      labels: try ImageFiles.labels(in: URL(fileURLWithPath: labels)), rowIDs: rowIDs, labelNames: [], place: labels)
  }

  /// Whether there is something to group by, without `--by`.
  var hasLabels: Bool { sources.inputs.images != nil || sources.inputs.labels != nil }
}
