import Foundation
import Groundwork
import Mistique

/// A thread that logs a captured model, and what came of it.
///
/// `@unchecked Sendable`: the outcome is used under `condition`.
final class LoggingThread: @unchecked Sendable {
  private let queue: PieceQueue
  private let condition = NSCondition()
  private var outcome: Result<LoggingReport, any Error>?

  /// Starts it.
  init(_ model: CapturedModel, as identity: ModelIdentity, policy: StoragePolicy, in store: IntermediateStore, queue: PieceQueue) {
    self.queue = queue
    OwnThread.run(named: "mistique capture", stackBytes: 8 << 20) {
      Result { try store.logIntermediates(of: model, as: identity, policy: policy, isCancelled: { queue.isCancelled }) }
    } receive: { [self] outcome in
      if case .failure(let error) = outcome { queue.fail(error) }
      finish(outcome)
    }
  }

  private func finish(_ outcome: Result<LoggingReport, any Error>) {
    condition.lock()
    defer { condition.unlock() }
    self.outcome = outcome
    condition.broadcast()
  }

  /// Waits until it has ended; a stop ends it early.
  ///
  /// - Throws: what ended it. A stop that comes when the model is committed already is too late.
  func wait(_ callbacks: Callbacks) throws -> LoggingReport {
    while true {
      condition.lock()
      if outcome == nil { _ = condition.wait(until: Date(timeIntervalSinceNow: Callbacks.patienceSeconds)) }
      let ended = outcome
      condition.unlock()
      if let ended { return try ended.get() }
      if callbacks.isStopped { queue.cancel() }
    }
  }
}
