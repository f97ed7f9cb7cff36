import Synchronization

/// What a training gives: the weights at evenly spaced moments, the variants of a model that the paper logs.
public struct TrainingRun: Sendable, Equatable {
  /// The weights at one moment of the run, and how well they did.
  public struct Snapshot: Sendable, Equatable {
    /// Steps done when the weights were copied.
    public let step: Int
    /// Steps of the run.
    public let stepCount: Int
    /// Mean loss of the steps since the snapshot before, in nats.
    public let loss: Double
    /// Share of the images of these steps that the network, with dropout, classified rightly, 0 to 1.
    public let accuracy: Double
    /// The weights.
    public let checkpoint: Checkpoint
  }

  /// In the order of the steps; the last is the end of the run.
  public let snapshots: [Snapshot]

  /// The weights at the end.
  public var final: Checkpoint { snapshots[snapshots.count - 1].checkpoint }
}

/// Asks a running training to stop, from any thread. It stops before its next step with ``TrainingError/cancelled(step:of:)``.
public final class CancellationFlag: Sendable {
  private let flag = Atomic(false)

  /// A flag that is not raised.
  public init() {}

  /// Raises the flag, for good.
  public func cancel() { flag.store(true, ordering: .releasing) }

  /// Whether the flag is raised.
  public var isCancelled: Bool { flag.load(ordering: .acquiring) }
}
