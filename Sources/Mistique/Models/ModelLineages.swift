/// What made a model's intermediates and trained parts, by their names, as far as the model can promise equal bits for equal lineages.
///
/// A store computes nothing whose lineage it has stored (see ``StoragePolicy/reuses``). What is not in here is always computed.
public struct ModelLineages: Sendable, Equatable {
  /// No promises: everything is computed.
  public static let none = ModelLineages()

  /// Of intermediates, all rows of them, as the model emits them.
  public var intermediates: [String: Lineage]
  /// Of trained parts, by the names of the ``StoredTransformer``s.
  public var transformers: [String: Lineage]

  /// The given lineages.
  public init(intermediates: [String: Lineage] = [:], transformers: [String: Lineage] = [:]) {
    self.intermediates = intermediates
    self.transformers = transformers
  }

  /// Whether everything that is promised here is promised there as well. A run may add to it: what was trained without a promise is known by its bytes from
  /// then on.
  func areKept(in later: ModelLineages) -> Bool {
    intermediates.allSatisfy { later.intermediates[$0.key] == $0.value }
      && transformers.allSatisfy { later.transformers[$0.key] == $0.value }
  }
}
