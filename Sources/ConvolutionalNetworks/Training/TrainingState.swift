/// A training between two steps: everything that its remaining steps need.
///
/// Order, mirroring and dropout follow from the seed and the step, so that weights, moments and sums are enough: a training that resumes
/// from a state gives the same bits as one that never stopped.
struct TrainingState: Equatable {
  /// Steps done.
  var step: Int
  /// Of the steps since the last snapshot.
  var sums: TrainingSums
  /// Of the whole network.
  var weights: Checkpoint
  /// The optimizer's, as ``TrainingGraph/moments()`` gives them.
  var moments: [Checkpoint.Tensor]
  var snapshots: [TrainingRun.Snapshot]
}

/// Sums of the steps since the last snapshot, for its means.
struct TrainingSums: Equatable, Codable {
  private(set) var steps = 0
  private(set) var images = 0
  private(set) var correct = 0
  private(set) var loss = 0.0

  mutating func add(_ result: SoftmaxCrossEntropy.Result, images count: Int) {
    steps += 1
    images += count
    correct += result.correct
    loss += result.loss
  }

  var meanLoss: Double { loss / Double(steps) }
  var accuracy: Double { Double(correct) / Double(images) }
}
