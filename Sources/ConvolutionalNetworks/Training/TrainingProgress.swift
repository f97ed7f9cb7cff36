/// How far a training is. The progress callback gets it after every step, and for the other activities.
public struct TrainingProgress: Sendable {
  /// What was just done.
  public enum Activity: Sendable, Equatable {
    /// A training step.
    case step
    /// The activations of the frozen layers were computed for so many images, before the first step.
    case features(images: Int, of: Int)
    /// The training resumes from the state of an interrupted run: the next step is the one after ``TrainingProgress/step``.
    case resumed
    /// There was such a state but it could not be used, and the training starts over.
    case restarted(reason: String)
    /// The state after ``TrainingProgress/step`` could not be kept. The training continues; after a kill it repeats these steps.
    case notKept(reason: String)
  }

  /// What was just done.
  public let activity: Activity
  /// Steps done; those of an interrupted run count.
  public let step: Int
  /// Steps of the run.
  public let stepCount: Int
  /// Mean loss of the last step's batch, in nats; not a number before the first.
  public let loss: Double
  /// Share of the last step's batch that the network, with dropout, classified rightly before the update; not a number before the first.
  public let accuracy: Double
  /// Images per second since the steps of this run began, or since the computation of the frozen layers' activations began.
  public let imagesPerSecond: Double
}

/// Makes the progress reports of one training.
struct ProgressMeter {
  private let stepCount: Int
  private let batchSize: Int
  private var stopwatch = Stopwatch()
  private var firstStep = 0
  private var last: SoftmaxCrossEntropy.Result?

  init(stepCount: Int, batchSize: Int) {
    self.stepCount = stepCount
    self.batchSize = batchSize
  }

  /// The steps begin, after `step` earlier ones.
  mutating func begin(after step: Int) {
    stopwatch = Stopwatch()
    firstStep = step
  }

  mutating func step(_ step: Int, _ result: SoftmaxCrossEntropy.Result) -> TrainingProgress {
    last = result
    return report(.step, step, images: (step - firstStep) * batchSize)
  }

  func features(done: Int, of count: Int) -> TrainingProgress { report(.features(images: done, of: count), 0, images: done) }

  func notice(_ activity: TrainingProgress.Activity, at step: Int) -> TrainingProgress {
    report(activity, step, images: max(0, step - firstStep) * batchSize)
  }

  private func report(_ activity: TrainingProgress.Activity, _ step: Int, images: Int) -> TrainingProgress {
    TrainingProgress(
      activity: activity, step: step, stepCount: stepCount, loss: last?.loss ?? .nan,
      accuracy: last.map { Double($0.correct) / Double(batchSize) } ?? .nan, imagesPerSecond: Double(images) / stopwatch.seconds)
  }
}
