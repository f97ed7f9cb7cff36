import ArrayFiles
import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// A network's YAML with weights, on a user's images or array, on images of CIFAR-10 in the folder of data, or on generated ones. Logging is compared with
/// running the network over them.
struct NetworkPolicySource: PolicySource {
  let models: [LoggedModel]
  let data: DataSource
  let baseline = "running the network"
  let emittedRows: Int?

  init(_ own: OwnModel, _ scale: ExperimentKit.Scale, _ settings: Settings) throws {
    let description = try NetworkDescription(contentsOf: own.url)
    let weights = own.weights ?? own.url.deletingPathExtension().appendingPathExtension("safetensors")
    guard FileManager.default.fileExists(atPath: weights.path) else {
      throw OwnModelError(
        own.url.path, "its weights are not in \(weights.path)",
        remedy: "Put a safetensors file there, with PyTorch's names or with layer1.weights, layer1.bias, ..., or name it with --weights")
    }
    let checkpoint: Checkpoint
    do {
      checkpoint = try Checkpoint.reading(weights, for: description).checkpoint
      try checkpoint.validate(for: description)
    } catch let error where error is NetworkWeightsError || error is CheckpointError || error is NetworkError {
      throw OwnModelError(
        weights.path, "it does not fit \(own.url.lastPathComponent): \(error)",
        remedy: "Tensors have PyTorch's names, which each layer's module says, or are called layer1.weights, layer1.bias, ...")
    }
    let input = try Self.input(own, description, scale, settings)
    emittedRows = try description.layers().count * input.count
    models = [
      LoggedModel(identity: ModelIdentity(project: "own", name: description.name)) {
        try NetworkModel(description, checkpoint: checkpoint, input: input)
      }
    ]
    let text = "\(description.name) on \(Quantity.grouped(input.count)) \(input.imagesIfAny == nil ? "rows" : "images")"
    let files = [own.url, weights]
    data =
      switch input.imagesIfAny?.source {
      case .real(let images): .real(text, files: files + images)
      case .generated(let seed): .generated("\(text), seed \(seed)", files: files)
      case nil: .real(text, files: files + [own.images].compactMap { $0 })
      }
  }

  /// As many images, or rows of an array, as the scale logs of the CNN, or as there are.
  private static func input(
    _ own: OwnModel, _ network: NetworkDescription, _ scale: ExperimentKit.Scale, _ settings: Settings
  ) throws -> NetworkInput {
    let count = ImageSplit(.cnn, scale).logged
    if let place = own.images {
      let files = ImageFiles(images: place)
      return try NetworkInput(files, for: network, first: min(count, try files.available() ?? count))
    }
    let input = network.input
    guard input == ActivationShape(channels: ImageSet.channels, height: ImageSet.side, width: ImageSet.side) else {
      throw OwnModelError(
        own.url.path, "its input is \(input.channels) x \(input.height) x \(input.width), and the images at hand are 3 x 32 x 32",
        remedy: "Name a .npy file with rows of that shape: --images")
    }
    guard let directory = settings.dataDirectory, CIFAR10.isPresent(in: directory) else {
      return NetworkInput(GeneratedImages(seed: 2018).images(count: count))
    }
    return NetworkInput(try CIFAR10.load(directory: directory, limit: count))
  }
}

extension ImageFiles {
  /// How many images an array has; nil for a folder of CIFAR-10, of which as many are read as there are.
  fileprivate func available() throws -> Int? { isCIFAR10 ? nil : try NumericArray.all(in: images).first?.rows }
}
