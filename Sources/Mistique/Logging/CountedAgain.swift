import MistiqueStorage

/// Maps of a model that is logged into a store which only counts, and which an earlier model of it had under the same lineage: they are counted again from what
/// they took then, and neither computed nor encoded. See ``StoragePolicy/recounts``.
struct CountedAgain {
  private let opened: OpenStore
  private let policy: StoragePolicy
  private let keys: [String: RememberedMaps.Key]
  /// In the order of the model.
  private let found: [(name: String, remembered: RememberedMaps)]

  init(of model: any ExecutableModel, under policy: StoragePolicy, in opened: OpenStore) throws {
    (self.opened, self.policy) = (opened, policy)
    let recounts = policy.recounts && policy.storesWhenLogged && !opened.store.options.keepsPartitions
    let lineages = recounts ? try model.lineages().intermediates : [:]
    var found: [(name: String, remembered: RememberedMaps)] = []
    for name in model.stages.flatMap(\.outputs) {
      guard let lineage = lineages[name] else { continue }
      let key = RememberedMaps.Key(lineage: lineage, policy: policy)
      if let remembered = opened.countedMaps.withLock({ $0[key] }) { found.append((name, remembered)) }
    }
    self.found = found
    keys = lineages.mapValues { RememberedMaps.Key(lineage: $0, policy: policy) }
  }

  /// Counts them, before anything else of the model is stored.
  func count(by writer: StoreWriter) throws -> [String: EmittedIntermediate] {
    guard !found.isEmpty else { return [:] }
    let finished = try writer.countAgain(found.map { $0.remembered.maps }, deduplicates: deduplicates)
    var counted: [String: EmittedIntermediate] = [:]
    for (one, finished) in zip(found, finished) {
      let emitted = one.remembered.emitted
      counted[one.name] = EmittedIntermediate(
        name: one.name, rows: emitted.rows, columns: emitted.columns, logicalBytes: emitted.logicalBytes, newBytes: finished.newBytes,
        finished: finished, shape: nil)
    }
    return counted
  }

  /// Remembers what maps took that came for the first time.
  ///
  /// - Parameter commit: the one that `intermediates` are in, and the last one of the writer.
  func remember(_ intermediates: [EmittedIntermediate], of commit: StoreCommit, by writer: StoreWriter) {
    for emitted in intermediates {
      guard let key = keys[emitted.name], let finished = emitted.finished,
        let maps = writer.countedMaps(finished, of: commit, deduplicates: deduplicates)
      else { continue }
      opened.countedMaps.withLock { known in
        // That of the first: places are those of a model all of which was emitted.
        if known[key] == nil { known[key] = RememberedMaps(emitted: emitted, maps: maps) }
      }
    }
  }

  private var deduplicates: Bool { policy.materialization == .dedup }
}
