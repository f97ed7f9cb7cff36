import MistiqueStorage

/// Maps as they were emitted first into a store that only counts, and what they took.
struct RememberedMaps: Sendable {
  /// What decides what maps take.
  struct Key: Hashable, Sendable {
    let lineage: Lineage
    let policy: StoragePolicy
  }

  let emitted: EmittedIntermediate
  let maps: CountedMaps
}
