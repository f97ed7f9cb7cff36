import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// CIFAR10_CNN trained from scratch: ten checkpoints, and the images whose intermediates are logged (paper section 5, DNN).
struct ImageWorkload {
  /// How large the workload is at a scale.
  struct Size {
    let trainingImages: Int
    let epochs: Int
    let heldOutImages: Int
    let loggedImages: Int

    init(_ scale: Scale) {
      (trainingImages, epochs, heldOutImages, loggedImages) =
        switch scale {
        case .smoke: (640, 1, 200, 100)
        case .ci: (4_000, 5, 1_000, 300)
        case .small: (10_000, 10, 2_000, 2_000)
        case .paper: (40_000, 50, 10_000, 50_000)
        }
    }

    var images: Int { max(trainingImages + heldOutImages, loggedImages) }
  }

  static let checkpoints = 10
  let size: Size
  /// The images that are logged: the first of the training set.
  let input: NetworkInput
  let heldOut: ImageSet
  let run: TrainingRun

  /// Reads or generates the images and trains, or takes the checkpoints of an earlier training of the same images and parameters.
  init(_ context: RunContext, settings: Settings) throws {
    try self.init(context.scale, seed: context.seed, settings, progress: context.progress)
  }

  /// - Parameter progress: makes a reporter of a label, a total and a unit; asked only when there is something to train.
  init(_ scale: Scale, seed: UInt64, _ settings: Settings, progress makeProgress: (String, Int, String) -> ProgressReporter) throws {
    size = Size(scale)
    let images = try Self.images(size.images, seed: seed, settings)
    let training = images[0..<size.trainingImages]
    heldOut = images[size.trainingImages..<size.trainingImages + size.heldOutImages]
    input = NetworkInput(images[0..<size.loggedImages])
    var parameters = TrainingParameters(epochs: size.epochs, seed: seed)
    parameters.checkpointCount = Self.checkpoints
    let trainer = Trainer(.cifar10CNN(), parameters)
    let cache = CheckpointCache(directory: settings.cacheDirectory.appendingPathComponent("checkpoints"))
    let steps = size.epochs * (size.trainingImages / parameters.batchSize)
    var progress: ProgressReporter?  // none when the checkpoints are there
    let cancellation = CancellationFlag()
    run = try cache.run(trainer, on: training, cancellation: cancellation) { _ in
      if progress == nil { progress = makeProgress("training CIFAR10_CNN", steps, "steps") }
      progress?.advance()
      if Interruption.request != nil { cancellation.cancel() }
    }
    progress?.finish()
  }

  /// Where the images of a run come from, for its provenance.
  static func source(_ scale: Scale, _ seed: UInt64, _ settings: Settings) throws -> DataSource {
    let count = Size(scale).images
    guard let directory = settings.dataDirectory, CIFAR10.isPresent(in: directory) else {
      return .generated("\(count) images like CIFAR-10, seed \(seed)", files: [])
    }
    guard case .real(let files) = try CIFAR10.load(directory: directory, limit: count).source else { fatalError("files were read") }
    return .real("CIFAR-10, the first \(count) training images", files: files)
  }

  private static func images(_ count: Int, seed: UInt64, _ settings: Settings) throws -> ImageSet {
    guard let directory = settings.dataDirectory, CIFAR10.isPresent(in: directory) else {
      return GeneratedImages(seed: seed).images(count: count)
    }
    return try CIFAR10.load(directory: directory, limit: count)
  }

  func model(checkpoint index: Int) throws -> NetworkModel {
    try NetworkModel(.cifar10CNN(), checkpoint: run.snapshots[index].checkpoint, input: input)
  }

  static func identity(checkpoint index: Int) -> ModelIdentity {
    ModelIdentity(project: "cifar10", name: "cnn-\((index + 1) * 100 / checkpoints)pct")
  }

  /// Lets `store` re-run the networks it holds.
  func register(in store: Mistique) {
    let input = input
    store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: input) }
  }

  /// Accuracy of the last checkpoint on images it was not trained on, 0...1.
  func heldOutAccuracy() throws -> Double {
    try InferenceNetwork(.cifar10CNN(), weights: run.final).accuracy(on: heldOut)
  }
}
