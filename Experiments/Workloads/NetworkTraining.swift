import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Groundwork

/// Trains the experiments' networks, once for given images and parameters, with progress, and so that Ctrl-C stops it safely.
struct NetworkTraining {
  let settings: Settings
  let seed: UInt64
  /// The user's file with the convolutions of VGG16, where the scale uses it.
  let weights: URL?
  /// Makes a reporter of a label, a total and a unit; called only when there is something to train.
  let makeProgress: (String, Int, String) -> ProgressReporter

  /// A network with first weights of its own.
  func fromScratch(_ network: NetworkDescription, on images: ImageSet, epochs: Int) throws -> TrainingRun {
    var parameters = TrainingParameters(epochs: epochs, seed: seed)
    parameters.checkpointCount = ImageWorkload.checkpoints
    return try run(Trainer(network, parameters), on: images, from: nil, label: "training \(network.name)")
  }

  /// VGG16's convolutions from the user's file, or learned from images that nothing else uses; then the dense layers, with new first weights.
  func vgg16(
    _ description: NetworkDescription, pretraining: NetworkDescription, _ images: ImageSet, _ split: ImageSplit
  ) throws -> TrainingRun {
    let fresh = try Checkpoint.initial(for: description, seed: seed)
    let pretrained =
      try weights.map { try Checkpoint.vgg16Convolutions(from: $0, for: description) }
      ?? pretrained(pretraining, on: images[split.pretraining], epochs: split.pretrainingEpochs)
    let frozen = try description.layers().filter { $0.description?.isFrozen == true }.flatMap { pretrained.tensors(ofLayer: $0.index) }
    let names = Set(frozen.map(\.name))
    let initial = Checkpoint(frozen + fresh.tensors.filter { !names.contains($0.name) })
    var parameters = TrainingParameters(epochs: split.epochs, seed: seed)
    parameters.checkpointCount = ImageWorkload.checkpoints
    return try run(
      Trainer(description, parameters), on: images[split.training], from: initial, label: "training CIFAR10_VGG16's dense layers")
  }

  private func pretrained(_ description: NetworkDescription, on images: ImageSet, epochs: Int) throws -> Checkpoint {
    var parameters = TrainingParameters(epochs: epochs, seed: seed)
    parameters.checkpointCount = 1
    // Without normalisation in between, 13 layers diverge at the rate that suits the CNN.
    parameters.learningRate = Self.pretrainingRate
    let trainer = Trainer(description, parameters)
    return try run(trainer, on: images, from: nil, label: "pre-training VGG16's convolutions").final
  }

  static let pretrainingRate: Float = 0.0003

  private func run(_ trainer: Trainer, on images: ImageSet, from initial: Checkpoint?, label: String) throws -> TrainingRun {
    let cache = CheckpointCache(directory: settings.cacheDirectory.appendingPathComponent("checkpoints"))
    let cancellation = CancellationFlag()
    var progress: ProgressReporter?  // none when the checkpoints are there
    let run = try cache.run(trainer, on: images, from: initial, cancellation: cancellation) { step in
      follow(step, label, &progress)
      if Interruption.request != nil { cancellation.cancel() }
    }
    progress?.finish()
    if progress != nil { report(run, label) }
    return run
  }

  /// Prints the loss and accuracy of each checkpoint that was just trained.
  private func report(_ run: TrainingRun, _ label: String) {
    for snapshot in run.snapshots {
      let line = "\(label): step \(snapshot.step), loss \(Quantity.plain(snapshot.loss)), accuracy \(Quantity.percent(snapshot.accuracy))"
      StandardStream.error.line(line)
    }
  }

  private func follow(_ report: TrainingProgress, _ label: String, _ progress: inout ProgressReporter?) {
    switch report.activity {
    case .step:
      if progress == nil || report.step == 1 {
        progress?.finish()
        progress = makeProgress(label, report.stepCount, "steps")
      }
      progress?.advance()
    case .features(let images, let total):
      if progress == nil { progress = makeProgress("\(label): activations of the frozen layers", total, "images") }
      progress?.advance(to: images)
    case .resumed:
      progress = makeProgress("\(label), going on after step \(report.step)", report.stepCount - report.step, "steps")
    case .restarted(let reason), .notKept(let reason):
      StandardStream.error.line("\(label): \(reason)")
    }
  }
}
