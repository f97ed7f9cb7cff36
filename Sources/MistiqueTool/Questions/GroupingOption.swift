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
    if let column { return try Groups(column) }
    if let input {
      guard let kind = try store.models().first(where: { $0.identity == model })?.kind, kind == NetworkModel.kind else {
        throw QuestionError(
          "\(model)", "it is a pipeline, and --images has the classes of a network's", remedy: "Give --by with the key of a column")
      }
      guard let images = try input.input(specification: try store.specification(of: model), of: model).imagesIfAny else {
        // Of an array the classes are not known but from a file of their own.
        guard let labels = sources.labels else {
          throw QuestionError(
            sources.images!, "it is an array of values, which have no classes", remedy: "Give them with --labels, or --by")
        }
        return try Groups(
          labels: try ImageFiles.labels(in: URL(fileURLWithPath: labels)), rowIDs: rowIDs, labelNames: [], place: labels)
      }
      // Without a file of labels, every image of an array has label 0.
      guard input.files.isCIFAR10 || sources.labels != nil else {
        throw QuestionError(
          sources.images!, "its images were logged without classes", remedy: "Give these with --labels instead of --images, or give --by")
      }
      return try Groups(
        labels: images.labels.map(Int64.init), rowIDs: rowIDs, labelNames: input.files.isCIFAR10 ? CIFAR10.labelNames : [],
        place: sources.images!)
    }
    guard let labels = sources.labels else {
      throw ValidationError(
        "Rows need groups: give --by with the key of a column, --images with the network's images, or --labels with the classes of images.")
    }
    return try Groups(
      labels: try ImageFiles.labels(in: URL(fileURLWithPath: labels)), rowIDs: rowIDs, labelNames: [], place: labels)
  }

  /// Whether there is something to group by, without `--by`.
  var hasLabels: Bool { sources.images != nil || sources.labels != nil }
}
