import MistiqueStorage

/// Hands what a re-run puts out to the store as well, for intermediates that have become worth it.
///
/// An error of the store does not end the re-run: the answer is not the store's. It is kept, and nothing more is handed on.
final class MaterializingRun {
  private let policy: StoragePolicy
  private let identity: ModelIdentity
  private let names: Set<String>
  private let writer: StoreWriter
  private var writers: [String: IntermediateWriter] = [:]
  private(set) var failure: (any Error)?

  init(storing names: Set<String>, of identity: ModelIdentity, policy: StoragePolicy, writer: StoreWriter) {
    self.names = names
    self.identity = identity
    self.policy = policy
    self.writer = writer
  }

  /// Takes a piece of an intermediate, if it is to be stored.
  func take(_ name: String, _ rows: IntermediateRows) {
    guard names.contains(name), failure == nil else { return }
    do {
      let target =
        writers[name]
        ?? PipelineExecutor.intermediateWriter(of: name, rows.schema, identity: identity, policy: policy, writer: writer)
      writers[name] = target
      // Columns may have been passed on from intermediates that are not being stored: those are found by their hashes.
      var rows = rows
      if case .frame(let frame, let passedOn) = rows {
        rows = .frame(frame, passedOn: passedOn.filter { writers[$0.value.intermediate] != nil })
      }
      try PipelineExecutor.append(rows, to: target, name: name, identity: identity, earlier: writers)
    } catch {
      failure = error
    }
  }

  /// The finished intermediates by name. Throws what went wrong before.
  func finish() throws -> [(name: String, finished: FinishedIntermediate)] {
    if let failure { throw failure }
    return try writers.sorted { $0.key < $1.key }.map { ($0.key, try $0.value.finish()) }
  }
}
