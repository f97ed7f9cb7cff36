import Synchronization

/// What a training gives: the weights at evenly spaced moments, the variants of a model that the paper logs.
public struct TrainingRun: Sendable, Equatable {
  public struct Snapshot: Sendable, Equatable {
    /// Steps done when the weights were copied.
    public let step: Int
    public let stepCount: Int
    /// Means over the steps since the snapshot before.
    public let loss: Double
    public let accuracy: Double
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

  public init() {}
  public func cancel() { flag.store(true, ordering: .releasing) }
  public var isCancelled: Bool { flag.load(ordering: .acquiring) }
}
