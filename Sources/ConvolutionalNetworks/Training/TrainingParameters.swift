import Foundation

/// Everything that decides the result of a training, besides the network, the images and the number of threads.
///
/// The paper gives none of these but "checkpoints after every 10 % of the epochs". The Keras
/// example uses RMSprop at a rate of 1e-4, which needs many more epochs than a reproduction has time for; Adam at 1e-3 is the default here.
public struct TrainingParameters: Sendable, Hashable, Codable {
  /// How the learning rate develops over the run.
  public enum Schedule: String, Sendable, Hashable, Codable {
    /// The same rate in every step.
    case constant
    /// From the full rate to zero along half a cosine (Loshchilov and Hutter, ICLR 2017).
    case cosine
  }

  /// Passes over the images.
  public var epochs: Int
  /// Images per step. An epoch drops its last images if they do not fill a batch; each epoch's order decides which.
  public var batchSize: Int
  /// How a step changes the weights; Adam unless changed.
  public var optimizer: Optimizer
  /// The rate at the beginning of the run; 0.001 unless changed.
  public var learningRate: Float
  /// How the rate develops; along a cosine unless changed.
  public var schedule: Schedule
  /// Mirrors every image left to right in half of its uses.
  public var mirrorsImages: Bool
  /// Checkpoints taken, evenly spaced over the steps; the last is the end.
  public var checkpointCount: Int
  /// Decides first weights, order, mirroring and dropout.
  public var seed: UInt64

  /// The defaults: batches of 64, Adam at 0.001 with a cosine to zero, mirrored images, ten checkpoints.
  public init(epochs: Int, seed: UInt64) {
    self.epochs = epochs
    batchSize = 64
    optimizer = .adam()
    learningRate = 0.001
    schedule = .cosine
    mirrorsImages = true
    checkpointCount = 10
    self.seed = seed
  }

  /// Steps of a run over `imageCount` images.
  func stepCount(imageCount: Int) -> Int { epochs * (imageCount / batchSize) }

  /// The steps, counted from 1, after which a checkpoint is taken.
  func checkpointSteps(imageCount: Int) -> [Int] {
    let steps = stepCount(imageCount: imageCount)
    return (1...checkpointCount).map { $0 * steps / checkpointCount }
  }

  /// The learning rate of a step, counted from 1.
  func learningRate(step: Int, of steps: Int) -> Float {
    switch schedule {
    case .constant: learningRate
    case .cosine: Float(Double(learningRate) * 0.5 * (1 + cos(Double.pi * Double(step - 1) / Double(steps))))
    }
  }

  /// - Throws: ``TrainingError`` if a run with these parameters makes no sense.
  func validate(imageCount: Int) throws {
    guard epochs > 0 else { throw TrainingError.parameter("epochs", got: "\(epochs)", expected: "at least 1") }
    guard batchSize > 0 else { throw TrainingError.parameter("batchSize", got: "\(batchSize)", expected: "at least 1") }
    guard learningRate > 0, learningRate.isFinite else {
      throw TrainingError.parameter("learningRate", got: "\(learningRate)", expected: "a positive number")
    }
    guard checkpointCount > 0 else { throw TrainingError.parameter("checkpointCount", got: "\(checkpointCount)", expected: "at least 1") }
    let steps = stepCount(imageCount: imageCount)
    guard steps >= checkpointCount else {
      throw TrainingError.tooFewSteps(steps: steps, checkpoints: checkpointCount, images: imageCount, batchSize: batchSize)
    }
  }
}
