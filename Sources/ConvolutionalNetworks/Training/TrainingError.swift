/// Why a training did not finish.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A parameter that makes no sense: its name, its value, and what it must be.
  case parameter(String, got: String, expected: String)
  /// The run has fewer steps than checkpoints.
  case tooFewSteps(steps: Int, checkpoints: Int, images: Int, batchSize: Int)
  /// The network does not map CIFAR-10's images to its ten classes.
  case unsuitableNetwork(network: String, input: ActivationShape, output: ActivationShape)
  /// Every layer is frozen, or none has weights.
  case nothingToTrain(network: String)
  /// The loss or a weight is no longer a finite number.
  case diverged(step: Int, learningRate: Float)
  /// The caller asked to stop, after so many of the steps.
  case cancelled(step: Int, of: Int)

  /// What happened and what to do, in one line.
  public var description: String {
    switch self {
    case .parameter(let name, let got, let expected): return "training parameter \(name) is \(got), expected \(expected)."
    case .tooFewSteps(let steps, let checkpoints, let images, let batchSize):
      return """
        a run over \(images) images in batches of \(batchSize) has \(steps) steps, too few for \(checkpoints) checkpoints. \
        Use more images or epochs, smaller batches, or fewer checkpoints.
        """
    case .unsuitableNetwork(let network, let input, let output):
      return """
        network \(network) maps \(input) to \(output); CIFAR-10 needs (3, 32, 32) to (10, 1, 1). \
        End it with a dense layer of 10 units without ReLU.
        """
    case .nothingToTrain(let network): return "network \(network) has no layer to train: at least one with weights must not be frozen."
    case .diverged(let step, let learningRate):
      return "the loss or a weight was no longer finite at step \(step) with a learning rate of \(learningRate): use a smaller one."
    case .cancelled(let step, let steps):
      return "the training was cancelled after \(step) of \(steps) steps. With a checkpoint cache it resumes from there."
    }
  }
}
