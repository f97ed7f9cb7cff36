import MistiqueStorage

/// Stores what a re-run emits of intermediates that have become worth it.
///
/// An error of the store does not end the re-run: the answer is not the store's. It is kept, and nothing more is stored.
final class MaterializingSink {
  private let names: Set<String>
  private let run: LoggingRun
  private(set) var failure: (any Error)?

  init(_ names: Set<String>, of identity: ModelIdentity, policy: StoragePolicy, writer: StoreWriter) {
    self.names = names
    run = LoggingRun(of: identity, outputs: names, storing: .requested, policy: policy, writer: writer)
  }

  /// Takes a piece of an intermediate, if it is to be stored.
  func take(_ name: String, _ rows: IntermediateRows) {
    guard names.contains(name), failure == nil else { return }
    do { try run.take(name, rows) } catch { failure = error }
  }

  /// The stored intermediates, by name.
  /// - Throws: what went wrong before, or goes wrong now.
  func finish() throws -> [EmittedIntermediate] {
    if let failure { throw failure }
    return try run.finish(in: names.sorted())
  }
}
