import Groundwork

/// A training in progress: the graph of the layers that are trained and what feeds it. ``Trainer`` drives it step by step.
///
/// If the lowest layers are frozen, the graph holds the layers above them only and reads ``FrozenFeatures``; checkpoints are always those
/// of the whole network, the frozen tensors bit for bit as they were given.
final class TrainingSession {
  private let parameters: TrainingParameters
  private let compute: ComputeThread
  private let images: ImageSet
  private let normalization: InputNormalization?
  private let initial: Checkpoint
  private let split: FrozenSplit?
  private let features: FrozenFeatures?
  private let graph: TrainingGraph
  private let stepCount: Int
  private var order: (epoch: Int, rows: [Int])?

  /// - Parameters:
  ///   - splits: false keeps the frozen layers in the graph, for comparison.
  ///   - memoryCeiling: bytes that the activations of frozen layers may take.
  ///   - progress: called while they are computed; throws to stop.
  init(
    _ trainer: Trainer, images: ImageSet, initial: Checkpoint, splits: Bool = true, memoryCeiling: Int = FrozenFeatures.memoryCeiling,
    progress: (_ images: Int) throws -> Void
  ) throws {
    parameters = trainer.parameters
    compute = trainer.compute
    self.images = images
    normalization = trainer.network.normalization
    self.initial = initial
    stepCount = parameters.stepCount(imageCount: images.count)
    split = splits ? try FrozenSplit(trainer.network) : nil
    features = try split.map { split in
      try FrozenFeatures(
        split, weights: initial, images: images, mirrors: trainer.parameters.mirrorsImages, compute: trainer.compute)
    }
    try features?.prepare(ceiling: memoryCeiling, progress: progress)
    let layers = try (split?.head ?? trainer.network).layers()
    let weights = split?.head(of: initial) ?? initial
    graph = try compute.perform { [parameters, split] in
      let graph = try TrainingGraph(layers, weights: weights, parameters: parameters)
      graph.shiftDropout(by: split?.offset ?? 0)
      return graph
    }
  }

  /// The weights now, of the whole network.
  func checkpoint() throws -> Checkpoint {
    let checkpoint = try compute.perform { try graph.checkpoint() }
    return split?.whole(head: checkpoint, initial: initial) ?? checkpoint
  }

  func moments() throws -> [Checkpoint.Tensor] { try compute.perform { try graph.moments() } }

  /// Brings back weights and moments.
  /// - Returns: whether they fit this training; if not, nothing was changed.
  func load(_ state: TrainingState) throws -> Bool {
    try compute.perform {
      guard try graph.load(moments: state.moments) else { return false }
      try graph.network.load(split?.head(of: state.weights) ?? state.weights)
      return true
    }
  }

  /// One step, counted from 1: fill the batch, pass forward and backward, update.
  func run(step: Int) throws -> SoftmaxCrossEntropy.Result {
    let size = parameters.batchSize
    let (epoch, batch) = (step - 1).quotientAndRemainder(dividingBy: images.count / size)
    let rows = self.rows(ofEpoch: epoch)[(batch * size)..<((batch + 1) * size)]
    return try compute.perform {
      try fill(rows, step: step)
      let result = try graph.forwardAndBackward(labels: rows.map { images.labels[$0] }, step: step)
      let learningRate = parameters.learningRate(step: step, of: stepCount)
      guard result.loss.isFinite else { throw TrainingError.diverged(step: step, learningRate: learningRate) }
      graph.update(learningRate: learningRate, step: step)
      return result
    }
  }

  private func fill(_ rows: ArraySlice<Int>, step: Int) throws {
    var mirrored = Array(repeating: false, count: rows.count)
    if parameters.mirrorsImages {
      var generator = SplitMix64(seed: parameters.seed, path: 0x3188, UInt64(step))
      for position in 0..<rows.count { mirrored[position] = generator.next() & 1 == 1 }
    }
    if let features { return try features.fill(rows, mirrored: mirrored, into: graph.input) }
    images.write(rows: rows, normalization: normalization, into: graph.input)
    for position in 0..<rows.count where mirrored[position] {
      ImageSet.mirror(graph.input.baseAddress! + position * ImageSet.pixelsPerImage)
    }
  }

  private func rows(ofEpoch epoch: Int) -> [Int] {
    if let order, order.epoch == epoch { return order.rows }
    var generator = SplitMix64(seed: parameters.seed, path: 0x08DE8, UInt64(epoch))
    let rows = generator.permutation(of: images.count)
    order = (epoch, rows)
    return rows
  }
}
