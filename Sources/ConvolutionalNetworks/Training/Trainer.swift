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
  /// The network that is trained.
  public let network: NetworkDescription
  /// How it is trained.
  public let parameters: TrainingParameters
  /// Runs the steps.
  package let compute: ComputeThread

  /// A training to be run, here or by a ``CheckpointCache``. The bits depend on the number of threads of `compute`.
  public init(_ network: NetworkDescription, _ parameters: TrainingParameters, compute: ComputeThread = .shared) {
    self.network = network
    self.parameters = parameters
    self.compute = compute
  }

  /// Trains to the end.
  ///
  /// If the lowest layers are frozen and have no dropout, their activations are computed once per image, and once for its mirrored form,
  /// before the first step, and the steps train the layers above only: a network of 13 frozen convolutions under two dense layers trains
  /// in about the time of two forward passes. The kept activations take up to 2 GiB; larger ones are computed in every epoch.
  ///
  /// - Parameters:
  ///   - images: at least one batch.
  ///   - initial: weights to begin with; nil draws them from the seed (``Checkpoint/initial(for:seed:)``).
  ///   - cancellation: checked before every step and every batch of frozen activations.
  ///   - progress: called on the caller's thread after every step, and while frozen activations are computed: see
  ///     ``TrainingProgress/activity``.
  /// - Throws: ``TrainingError``, ``NetworkError``.
  /// - Complexity: three forward passes per image and epoch.
  public func train(
    on images: ImageSet, from initial: Checkpoint? = nil, cancellation: CancellationFlag? = nil,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingRun {
    try train(on: images, from: initial, cancellation: cancellation, keeping: nil, progress: progress)
  }

  /// Trains to the end: resumes from a kept state if there is one, and keeps states on the way.
  func train(
    on images: ImageSet, from initial: Checkpoint?, cancellation: CancellationFlag?, keeping keeper: ResumeDirectory?,
    progress: (TrainingProgress) -> Void
  ) throws -> TrainingRun {
    try check()
    try parameters.validate(imageCount: images.count)
    let weights = try initial ?? Checkpoint.initial(for: network, seed: parameters.seed)
    try weights.validate(for: network)

    let steps = parameters.stepCount(imageCount: images.count)
    var meter = ProgressMeter(stepCount: steps, batchSize: parameters.batchSize)
    let session = try TrainingSession(self, images: images, initial: weights) { done in
      if cancellation?.isCancelled == true { throw TrainingError.cancelled(step: 0, of: steps) }
      progress(meter.features(done: done, of: images.count))
    }
    var state = TrainingState(step: 0, sums: TrainingSums(), weights: weights, moments: [], snapshots: [])
    switch keeper?.load() ?? .nothing {
    case .nothing: break
    case .unusable(let reason): progress(meter.notice(.restarted(reason: reason), at: 0))
    case .found(let found):
      if try session.load(found) {
        state = found
        progress(meter.notice(.resumed, at: found.step))
      } else {
        progress(meter.notice(.restarted(reason: "its moments are those of another network"), at: 0))
      }
    }
    meter.begin(after: state.step)

    /// Keeps the state after `state.step`; a state that cannot be kept does not end the training.
    func keep() throws {
      guard let keeper else { return }
      state.weights = try session.checkpoint()
      state.moments = try session.moments()
      if let problem = keeper.save(state) { progress(meter.notice(.notKept(reason: problem), at: state.step)) }
    }
    let snapshotSteps = Set(parameters.checkpointSteps(imageCount: images.count))
    while state.step < steps {
      if cancellation?.isCancelled == true {
        if state.step > 0 { try keep() }
        throw TrainingError.cancelled(step: state.step, of: steps)
      }
      let step = state.step + 1
      let result = try session.run(step: step)
      state.sums.add(result, images: parameters.batchSize)
      state.step = step
      if snapshotSteps.contains(step) {
        let checkpoint = try session.checkpoint()
        // ReLU turns a NaN into 0, so that the loss may look sound when the weights no longer are.
        guard checkpoint.isFinite else {
          throw TrainingError.diverged(step: step, learningRate: parameters.learningRate(step: step, of: steps))
        }
        state.snapshots.append(
          .init(step: step, stepCount: steps, loss: state.sums.meanLoss, accuracy: state.sums.accuracy, checkpoint: checkpoint))
        state.sums = TrainingSums()
      }
      if step < steps, let keeper, snapshotSteps.contains(step) || keeper.isDue { try keep() }
      progress(meter.step(step, result))
    }
    return TrainingRun(snapshots: state.snapshots)
  }

  private func check() throws {
    let layers = try network.layers()
    let input = ActivationShape(channels: ImageSet.channels, height: ImageSet.side, width: ImageSet.side)
    let output = layers[layers.count - 1].shape
    guard layers[0].shape == input, output == ActivationShape(channels: CIFAR10.labelNames.count) else {
      throw TrainingError.unsuitableNetwork(network: network.name, input: layers[0].shape, output: output)
    }
    guard layers.contains(where: \.isTrained) else { throw TrainingError.nothingToTrain(network: network.name) }
  }
}
