import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// One of the paper's two networks at ten checkpoints, and the images whose intermediates are logged (paper section 5, DNN).
struct ImageWorkload {
  enum Network: String, CaseIterable, Sendable {
    /// Trained from scratch.
    case cnn = "CIFAR10_CNN"
    /// 13 convolutions pre-trained and frozen, two dense layers trained.
    case vgg16 = "CIFAR10_VGG16"

    /// At scale smoke VGG16 is an eighth as wide: it has every layer and every shape's form, and is done in seconds.
    func description(_ scale: Scale, frozen: Bool = true) -> NetworkDescription {
      switch self {
      case .cnn: .cifar10CNN()
      case .vgg16: scale == .smoke ? .cifar10VGG16(frozen: frozen, widths: [8, 16, 32, 64, 64]) : .cifar10VGG16(frozen: frozen)
      }
    }
  }

  static let checkpoints = 10
  let network: Network
  let description: NetworkDescription
  let split: ImageSplit
  /// The images that are logged: the first of the training set.
  private(set) var input: NetworkInput
  /// All images that are there, the logged ones first.
  private let images: ImageSet
  let heldOut: ImageSet
  let run: TrainingRun

  /// Reads or generates the images and trains, or takes the checkpoints of an earlier training of the same images and parameters.
  /// Says when weights that the user has given are not used.
  init(_ network: Network, _ context: RunContext, settings: Settings) throws {
    if network == .vgg16, let reason = try settings.pretrainedVGG16(at: context.scale)?.reasonSetAside { context.say("  \(reason)") }
    try self.init(network, context.scale, seed: context.seed, settings, progress: context.progress)
  }

  /// - Parameter progress: makes a reporter of a label, a total and a unit; called only when there is something to train.
  init(
    _ network: Network = .cnn, _ scale: Scale, seed: UInt64, _ settings: Settings,
    progress: @escaping (String, Int, String) -> ProgressReporter
  ) throws {
    self.network = network
    description = network.description(scale)
    split = ImageSplit(network, scale)
    images = try Self.images(split.images, seed: seed, settings)
    heldOut = try Self.testImages(split, settings) ?? images[split.heldOut]
    input = NetworkInput(images[0..<split.logged])
    let weights = network == .vgg16 ? try settings.pretrainedVGG16(at: scale) : nil
    let training = NetworkTraining(
      settings: settings, seed: seed, weights: weights.flatMap { $0.isUsed ? $0.file : nil }, makeProgress: progress)
    switch network {
    case .cnn: run = try training.fromScratch(.cifar10CNN(), on: images[split.training], epochs: split.epochs)
    case .vgg16: run = try training.vgg16(description, pretraining: network.description(scale, frozen: false), images, split)
    }
  }

  /// Where the images of a run come from and what VGG16's convolutions are pre-trained on, for its provenance and its figures.
  static func source(_ scale: Scale, _ seed: UInt64, _ settings: Settings, networks: [Network] = [.cnn]) throws -> DataSource {
    let count = networks.map { ImageSplit($0, scale).images }.max() ?? 0
    let usesVGG16 = networks.contains(.vgg16)
    let pretraining = usesVGG16 ? try settings.pretrainedVGG16(at: scale) : nil
    let weights = pretraining.flatMap { $0.isUsed ? $0.file : nil }
    let learned = usesVGG16 ? " (VGG16 pre-trained on \(ImageSplit(.vgg16, scale).pretraining.count) of them)" : ""
    let pretrained = weights.map { " (VGG16 pre-trained: \($0.lastPathComponent))" } ?? learned
    guard let directory = settings.dataDirectory, CIFAR10.isPresent(in: directory) else {
      return .generated("\(count) images like CIFAR-10\(pretrained), seed \(seed)", files: weights.map { [$0] } ?? [])
    }
    let splits = networks.map { ImageSplit($0, scale) }
    let held = try splits.compactMap { try testImages($0, settings) }.max { $0.count < $1.count }
    let files = try CIFAR10.load(directory: directory, limit: count).source.files + (held?.source.files ?? [])
    let test = held.map { ", held out \($0.count) test images" } ?? ""
    return .real("CIFAR-10, the first \(count) training images\(pretrained)\(test)", files: files + (weights.map { [$0] } ?? []))
  }

  private static func images(_ count: Int, seed: UInt64, _ settings: Settings) throws -> ImageSet {
    guard let directory = settings.dataDirectory, CIFAR10.isPresent(in: directory) else {
      return GeneratedImages(seed: seed).images(count: count)
    }
    return try CIFAR10.load(directory: directory, limit: count)
  }

  /// As many images of CIFAR-10's test batch as the split holds out, where the batch is there and has as many.
  private static func testImages(_ split: ImageSplit, _ settings: Settings) throws -> ImageSet? {
    guard let directory = settings.dataDirectory, CIFAR10.isPresent(in: directory) else { return nil }
    return try CIFAR10.loadTest(directory: directory, atMost: split.heldOut.count)
  }

  func model(checkpoint index: Int, batchSize: Int = 64) throws -> NetworkModel {
    try NetworkModel(description, checkpoint: run.snapshots[index].checkpoint, input: input, batchSize: batchSize)
  }

  /// The network with first weights, all of them: convolutions that others have as pre-trained too.
  func untrainedModel(seed: UInt64, batchSize: Int) throws -> NetworkModel {
    try NetworkModel(description, checkpoint: .initial(for: description, seed: seed), input: input, batchSize: batchSize)
  }

  /// The paper's batches of 1,000 images; all images where there are fewer.
  var paperBatch: Int { Self.paperBatch(of: input.images.count) }

  static func paperBatch(of images: Int) -> Int { max(InferenceNetwork.minimumBatchSize, min(1_000, images)) }

  /// The same workload with the images that are logged again and again.
  func repeated() -> ImageWorkload { first(split.loggedRepeatedly) }

  /// The same workload with the first `count` images, as many as there are at most.
  func first(_ count: Int) -> ImageWorkload {
    let count = min(count, images.count)
    guard count != input.images.count else { return self }
    var copy = self
    copy.input = NetworkInput(images[0..<count])
    return copy
  }

  func identity(checkpoint index: Int) -> ModelIdentity {
    let name = network == .cnn ? "cnn" : "vgg16"
    return ModelIdentity(project: "cifar10", name: "\(name)-\((index + 1) * 100 / Self.checkpoints)pct")
  }

  /// Lets `store` re-run the networks it holds.
  func register(in store: IntermediateStore) {
    let input = input
    store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: input) }
  }

  /// Accuracy of the last checkpoint on images it was not trained on, 0...1.
  func heldOutAccuracy() throws -> Double {
    try InferenceNetwork(description, weights: run.final).accuracy(on: heldOut)
  }
}

/// Which images serve which purpose at a scale, and how many epochs are trained.
struct ImageSplit {
  /// The convolutions of VGG16 learn from these, which nothing else uses.
  let pretraining: Range<Int>
  let pretrainingEpochs: Int
  let training: Range<Int>
  let heldOut: Range<Int>
  let epochs: Int
  /// How many images are logged, from the first on.
  let logged: Int
  /// How many are logged where logging is repeated for every checkpoint and scheme. VGG16 is twelve times the work of the CNN.
  let loggedRepeatedly: Int

  init(_ network: ImageWorkload.Network, _ scale: Scale) {
    let (train, epochs, held, logged) =
      switch scale {
      case .smoke: (640, 1, 200, 100)
      case .ci: (4_000, 5, 1_000, 300)
      case .small: (10_000, 10, 2_000, 2_000)
      case .paper: (40_000, 50, 10_000, 50_000)
      }
    guard network == .vgg16 else {
      // Ten checkpoints under nineteen schemes: at scale small half of the images keep a reproduction of everything within an hour, and at scale smoke a
      // quarter keep tests within minutes.
      let repeatedly = scale == .small ? 1_000 : scale == .smoke ? 24 : logged
      self.init(pretraining: 0..<0, 0, training: 0..<train, heldOut: train..<train + held, epochs, logged: (logged, repeatedly))
      return
    }
    switch scale {
    case .smoke: self.init(pretraining: 840..<1_480, 1, training: 0..<640, heldOut: 640..<840, 1, logged: (70, 70))
    case .ci: self.init(pretraining: 5_000..<9_000, 4, training: 0..<4_000, heldOut: 4_000..<5_000, 5, logged: (1_000, 200))
    case .small: self.init(pretraining: 12_000..<20_000, 6, training: 0..<10_000, heldOut: 10_000..<12_000, 10, logged: (2_000, 1_000))
    case .paper: self.init(pretraining: 25_000..<50_000, 10, training: 0..<20_000, heldOut: 20_000..<25_000, 50, logged: (50_000, 50_000))
    }
  }

  private init(
    pretraining: Range<Int>, _ pretrainingEpochs: Int, training: Range<Int>, heldOut: Range<Int>, _ epochs: Int,
    logged: (once: Int, repeatedly: Int)
  ) {
    self.pretraining = pretraining
    self.pretrainingEpochs = pretrainingEpochs
    self.training = training
    self.heldOut = heldOut
    self.epochs = epochs
    (self.logged, loggedRepeatedly) = logged
  }

  /// Images that must be there.
  var images: Int { max(pretraining.upperBound, training.upperBound, heldOut.upperBound, logged) }
}
