import ArrayFiles
import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// A network's YAML with weights, on images of 3 x 32 x 32: a user's, those of CIFAR-10 in the folder of data, or generated ones. Logging is compared with
/// running the network over the images.
struct NetworkPolicySource: PolicySource {
  let models: [LoggedModel]
  let data: DataSource
  let baseline = "running the network"
  let emittedRows: Int?

  init(_ own: OwnModel, _ scale: ExperimentKit.Scale, _ settings: Settings) throws {
    let description = try NetworkDescription(contentsOf: own.url)
    guard description.input == ActivationShape(channels: ImageSet.channels, height: ImageSet.side, width: ImageSet.side) else {
      let input = description.input
      throw OwnModelError(
        own.url.path, "its input is \(input.channels) x \(input.height) x \(input.width), and images are 3 x 32 x 32",
        remedy: "Save the intermediates of a network on other inputs as arrays, and give their folder")
    }
    let weights = own.weights ?? own.url.deletingPathExtension().appendingPathExtension("safetensors")
    guard FileManager.default.fileExists(atPath: weights.path) else {
      throw OwnModelError(
        own.url.path, "its weights are not in \(weights.path)",
        remedy: "Put a safetensors file with the tensors layer1.weights, layer1.bias, ... there, or name it with --weights")
    }
    let file = try SafetensorsFile(contentsOf: weights)
    let checkpoint = Checkpoint(try file.names.map { try file.tensor($0) })
    do { try checkpoint.validate(for: description) } catch {
      throw OwnModelError(
        weights.path, "it does not fit \(own.url.lastPathComponent): \(error)",
        remedy: "Tensors are called layer1.weights, layer1.bias, ...")
    }
    let images = try Self.images(own, scale, settings)
    let input = NetworkInput(images)
    emittedRows = try description.layers().count * images.count
    models = [
      LoggedModel(identity: ModelIdentity(project: "own", name: description.name)) {
        try NetworkModel(description, checkpoint: checkpoint, input: input)
      }
    ]
    let text = "\(description.name) on \(Quantity.grouped(images.count)) images"
    data =
      switch images.source {
      case .real(let files): .real(text, files: [own.url, weights] + files)
      case .generated(let seed): .generated("\(text), seed \(seed)", files: [own.url, weights])
      }
  }

  /// As many as the scale logs of the CNN, or as there are.
  private static func images(_ own: OwnModel, _ scale: ExperimentKit.Scale, _ settings: Settings) throws -> ImageSet {
    let count = ImageSplit(.cnn, scale).logged
    if let place = own.images {
      let files = ImageFiles(images: place)
      return try files.load(first: min(count, try files.available() ?? count))
    }
    guard let directory = settings.dataDirectory, CIFAR10.isPresent(in: directory) else {
      return GeneratedImages(seed: 2018).images(count: count)
    }
    return try CIFAR10.load(directory: directory, limit: count)
  }
}

extension ImageFiles {
  /// How many images an array has; nil for a folder of CIFAR-10, of which as many are read as there are.
  fileprivate func available() throws -> Int? { isCIFAR10 ? nil : try NPYFile(images).shape.first }
}
