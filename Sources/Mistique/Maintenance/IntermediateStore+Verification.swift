import Foundation
import MistiqueStorage

/// What `verify` looked at and what it found.
public struct VerificationReport: Sendable {
  public var models = 0
  public var partitions = 0
  public var frames = 0
  public var bytes = 0
  /// One sentence each: where, what, and what to do. Empty when the store is intact.
  public var problems: [String] = []
  /// Models of which something cannot be read.
  public var damagedModels: [ModelIdentity] = []

  public var isIntact: Bool { problems.isEmpty }
}

extension IntermediateStore {
  /// Reads every byte that some model refers to and checks it: headers, directories, frames, names, manifests, codebooks, receipts, that they fit each
  /// other, and that all the catalogue names is there.
  ///
  /// A flipped bit anywhere in them is found. Reading and logging may go on meanwhile.
  /// - Parameter progress: called after each partition; throw to stop.
  /// - Complexity: O(stored bytes), every frame decoded once.
  public func verify(progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }) throws -> VerificationReport {
    var report = VerificationReport()
    store.dropCaches()
    let committed = try catalog.committedPartitions().sorted { $0.key.description < $1.key.description }
    let files = try store.verify(committed.map { ($0.key, $0.value) }, progress: progress)
    report.partitions = files.partitions
    report.frames = files.frames
    report.bytes = files.bytes
    report.problems = files.damaged.map { "partition \($0.id): \($0.error)" }
    let damaged = Set(files.damaged.map(\.id))
    for model in try catalog.models() {
      report.models += 1
      do {
        let needed = try reachability(of: [model]).partitions
        if let unknown = needed.subtracting(committed.map(\.key)).first {
          report.problems.append("\(model.identity): it refers to partition \(unknown), which the catalogue does not know. Run repair.")
        } else if needed.isDisjoint(with: damaged) {
          for intermediate in try catalog.intermediates(of: model) {
            if let manifest = try intermediate.manifest { try store.checkRecords(of: manifest) }
          }
          _ = try receipt(of: model)
          continue
        }
      } catch {
        report.problems.append("\(model.identity): \(error)")
      }
      report.damagedModels.append(model.identity)
    }
    return report
  }
}
