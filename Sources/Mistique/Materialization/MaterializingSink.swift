import MistiqueStorage

/// Stores what a re-run emits of intermediates that have become worth it, whole or some columns of them.
///
/// An error of the store does not end the re-run: the answer is not the store's. It is kept, and nothing more is stored.
final class MaterializingSink {
  /// What of an intermediate is stored.
  enum Part {
    case whole
    /// Of a frame, the columns of these names.
    case columns(Set<String>)
  }

  private let parts: [String: Part]
  private let run: LoggingRun
  private var partials: [String: ModelReceipt.PartialColumns] = [:]
  private(set) var failure: (any Error)?

  init(_ parts: [String: Part], of identity: ModelIdentity, policy: StoragePolicy, writer: StoreWriter) {
    self.parts = parts
    run = LoggingRun(of: identity, outputs: Set(parts.keys), storing: .requested, policy: policy, writer: writer)
  }

  /// Takes a piece of an intermediate, if it is to be stored.
  func take(_ name: String, _ rows: IntermediateRows) {
    guard let part = parts[name], failure == nil else { return }
    do { try run.take(name, withoutCutSources(picked(name, rows, part))) } catch { failure = error }
  }

  /// A frame that is cut has other column numbers than the model says: what passes its columns on is found by their hashes instead.
  private func withoutCutSources(_ rows: IntermediateRows) -> IntermediateRows {
    guard case .frame(let frame, let passedOn) = rows else { return rows }
    return .frame(frame, passedOn: passedOn.filter { if case .columns = parts[$0.value.intermediate] { false } else { true } })
  }

  private func picked(_ name: String, _ rows: IntermediateRows, _ part: Part) -> IntermediateRows {
    guard case .columns(let wanted) = part, case .frame(let frame, _) = rows else { return rows }
    let places = frame.names.indices.filter { wanted.contains(frame.names[$0]) }
    guard places.count < frame.names.count else { return rows }
    partials[name] = ModelReceipt.PartialColumns(schema: frame.schema, columns: places)
    return .frame(DataFrame(rowIDs: frame.rowIDs, columns: places.map { (frame.names[$0], frame.columns[$0]) }))
  }

  /// The stored intermediates, by name, with the columns of those that are stored in part.
  /// - Throws: what went wrong before, or goes wrong now.
  func finish() throws -> [(emitted: EmittedIntermediate, partial: ModelReceipt.PartialColumns?)] {
    if let failure { throw failure }
    return try run.finish(in: parts.keys.sorted()).map { ($0, partials[$0.name]) }
  }
}
