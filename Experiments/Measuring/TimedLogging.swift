import ExperimentKit
import Foundation
import Mistique

/// A model logged into a fresh store until it is durable, and the store removed again: what figures 11a, 11b and the bench time.
struct TimedLogging {
  let report: LoggingReport
  /// What the store took on disk.
  let diskBytes: Int

  init(
    _ model: some ExecutableModel, as identity: ModelIdentity, policy: StoragePolicy, in folder: URL, writes: LoggingWrites = .oneCommit
  ) throws {
    try? FileManager.default.removeItem(at: folder)  // left by an interrupted attempt
    let store = try IntermediateStore(at: folder, options: writes.options)
    report = try store.logIntermediates(of: model, as: identity, policy: policy.asInPaper) { Interruption.request != nil }
    diskBytes = try store.storage().storedBytes
    try store.close()
    try FileManager.default.removeItem(at: folder)
  }
}
