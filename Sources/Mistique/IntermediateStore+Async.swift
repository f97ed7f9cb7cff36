import Groundwork
import MistiqueStorage
import Synchronization

/// Logging and querying from asynchronous code. The work runs on a thread of its own, so that no task of the program waits for it; cancelling the
/// calling task ends it as `isCancelled` does in the synchronous methods, with `CancellationError` and the store as it was.
extension IntermediateStore {
  /// As the synchronous `logIntermediates(of:as:policy:isCancelled:)`, until the calling task is cancelled.
  @discardableResult
  public func logIntermediates(
    of model: any ExecutableModel, as identity: ModelIdentity, policy: StoragePolicy = .dedup
  ) async throws -> LoggingReport {
    try await Self.onOwnThread { isCancelled in
      try self.logIntermediates(of: model, as: identity, policy: policy, isCancelled: isCancelled)
    }
  }

  /// As the synchronous `getIntermediates(_:rows:plan:accuracy:isCancelled:)`, until the calling task is cancelled.
  public func getIntermediates(
    _ keys: [String], rows: RowRequest = .all, plan: QueryPlan.Preference = .automatic, accuracy: Accuracy = .stored
  ) async throws -> [IntermediateResult] {
    try await Self.onOwnThread { isCancelled in
      try self.getIntermediates(keys, rows: rows, plan: plan, accuracy: accuracy, isCancelled: isCancelled)
    }
  }

  /// Runs `work` away from the threads that tasks share, and tells it when the calling task is cancelled.
  private static func onOwnThread<Value: Sendable>(
    _ work: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws -> Value
  ) async throws -> Value {
    let flag = CancellationFlag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        OwnThread.run(named: "mistique") {
          Result { try work { flag.isRaised } }
        } receive: {
          continuation.resume(with: $0)
        }
      }
    } onCancel: {
      flag.raise()
    }
  }

  private final class CancellationFlag: Sendable {
    private let raised = Atomic<Bool>(false)

    var isRaised: Bool { raised.load(ordering: .relaxed) }

    func raise() { raised.store(true, ordering: .relaxed) }
  }
}
