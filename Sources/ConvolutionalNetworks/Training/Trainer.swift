/// Trains a network on CIFAR-10 from first weights of its own, or from given ones with some layers frozen.
///
///     var parameters = TrainingParameters(epochs: 12, seed: 1)
///     let run = try Trainer(.cifar10CNN(), parameters).train(on: images[0..<8_000])
///     run.snapshots.count                                        // 10: one after every 10 % of the steps
///
/// Stochastic gradient descent on softmax cross-entropy; order, mirroring and dropout come from the seed. The same network, images,
/// parameters and number of compute threads give the same bits on one kind of machine; another number of threads sums gradients in another
/// order. It keeps nothing on disk: ``CheckpointCache`` does.
public struct Trainer: Sendable {
  public let network: NetworkDescription
  public let parameters: TrainingParameters
  public let compute: ComputeThread

  public init(_ network: NetworkDescription, _ parameters: TrainingParameters, compute: ComputeThread = .shared) {
    self.network = network
    self.parameters = parameters
    self.compute = compute
  }

  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - initial: weights to begin with; nil draws them from the seed (``Checkpoint/initial(for:seed:)``).
  ///   - cancellation: checked before every step.
  ///   - progress: called on the caller's thread after every step.
  /// - Throws: ``TrainingError``, ``NetworkError``.
  /// - Complexity: three forward passes per image and epoch.
  public func train(
    on images: ImageSet, from initial: Checkpoint? = nil, cancellation: CancellationFlag? = nil,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingRun {
    let layers = try checkedLayers()
    try parameters.validate(imageCount: images.count)
    let weights = try initial ?? Checkpoint.initial(for: network, seed: parameters.seed)
    try weights.validate(for: network)

    let steps = parameters.stepCount(imageCount: images.count)
    let batchesPerEpoch = images.count / parameters.batchSize
    var pending = parameters.checkpointSteps(imageCount: images.count)[...]
    var snapshots: [TrainingRun.Snapshot] = []
    var sums = Sums()
    var order: [Int] = []
    let start = ContinuousClock.now
    let graph = try compute.perform { try TrainingGraph(layers, weights: weights, parameters: parameters) }

    for step in 1...steps {
      if cancellation?.isCancelled == true { throw TrainingError.cancelled(step: step - 1, of: steps) }
      let (epoch, batch) = (step - 1).quotientAndRemainder(dividingBy: batchesPerEpoch)
      if batch == 0 { order = self.order(epoch: epoch, count: images.count) }
      let rows = order[(batch * parameters.batchSize)..<((batch + 1) * parameters.batchSize)]
      let result = try compute.perform { try run(graph, on: images, rows: rows, step: step, of: steps) }
      sums.add(result, images: parameters.batchSize)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      progress(
        TrainingProgress(
          step: step, stepCount: steps, loss: result.loss, accuracy: Double(result.correct) / Double(parameters.batchSize),
          imagesPerSecond: Double(step * parameters.batchSize) / seconds))
      if step == pending.first {
        pending.removeFirst()
        let checkpoint = try compute.perform { try graph.checkpoint() }
        // ReLU turns a NaN into 0, so that the loss may look sound when the weights no longer are.
        guard checkpoint.isFinite else {
          throw TrainingError.diverged(step: step, learningRate: parameters.learningRate(step: step, of: steps))
        }
        snapshots.append(.init(step: step, stepCount: steps, loss: sums.meanLoss, accuracy: sums.accuracy, checkpoint: checkpoint))
        sums = Sums()
      }
    }
    return TrainingRun(snapshots: snapshots)
  }

  private func checkedLayers() throws -> [NetworkDescription.Layer] {
    let layers = try network.layers()
    let input = ActivationShape(channels: ImageSet.channels, height: ImageSet.side, width: ImageSet.side)
    let output = layers[layers.count - 1].shape
    guard layers[0].shape == input, output == ActivationShape(channels: CIFAR10.labelNames.count) else {
      throw TrainingError.unsuitableNetwork(network: network.name, input: layers[0].shape, output: output)
    }
    guard layers.contains(where: \.isTrained) else { throw TrainingError.nothingToTrain(network: network.name) }
    return layers
  }

  private func order(epoch: Int, count: Int) -> [Int] {
    var generator = SplitMix64(seed: parameters.seed, stream: 0x08DE8, UInt64(epoch))
    return generator.permutation(of: count)
  }

  /// One step: fill the batch, pass forward and backward, update.
  private func run(
    _ graph: TrainingGraph, on images: ImageSet, rows: ArraySlice<Int>, step: Int, of steps: Int
  ) throws -> SoftmaxCrossEntropy.Result {
    images.normalize(rows: rows, into: graph.input)
    if parameters.mirrorsImages {
      var generator = SplitMix64(seed: parameters.seed, stream: 0x3188, UInt64(step))
      for position in 0..<rows.count where generator.next() & 1 == 1 {
        ImageSet.mirror(graph.input.baseAddress! + position * ImageSet.pixelsPerImage)
      }
    }
    let result = try graph.forwardAndBackward(labels: rows.map { images.labels[$0] }, step: step)
    let learningRate = parameters.learningRate(step: step, of: steps)
    guard result.loss.isFinite else { throw TrainingError.diverged(step: step, learningRate: learningRate) }
    graph.update(learningRate: learningRate, step: step)
    return result
  }

  /// Means since the last snapshot.
  private struct Sums {
    private var steps = 0, images = 0, correct = 0, loss = 0.0

    mutating func add(_ result: SoftmaxCrossEntropy.Result, images count: Int) {
      steps += 1
      images += count
      correct += result.correct
      loss += result.loss
    }

    var meanLoss: Double { loss / Double(steps) }
    var accuracy: Double { Double(correct) / Double(images) }
  }
}
