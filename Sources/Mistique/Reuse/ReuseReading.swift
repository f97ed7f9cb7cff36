import MistiqueStorage

/// Which stored intermediates a run reads instead of computing them, for what it still has to compute.
///
/// Reading each is weighed against computing it with the stages before it that nothing else runs, by the cost model (paper section 5.1). What other models
/// measured of equal stages counts; a stage that was never measured counts as slower than any read. Work that several intermediates share is counted for
/// each: what is chosen may cost more than the best set, and gives the same bits.
struct ReuseReading {
  let opened: OpenStore
  let stages: [Stage]
  let matches: [String: ReuseSearch.Match]

  /// Those that the stages which run come to need, going back from what is wanted.
  ///
  /// - Parameter wanted: what the run emits.
  /// - Returns: none where a stage does not say what it reads: its model takes nothing.
  func starts(for wanted: Set<String>) throws -> [StoredStart] {
    guard opened.store.options.keepsPartitions, !wanted.isEmpty, !matches.isEmpty else { return [] }
    let offered = try fasterRead(than: wanted)
    var needed = wanted
    var taken: Set<String> = []
    for stage in stages.reversed() where stage.outputs.contains(where: needed.contains) {
      for name in sources(of: stage) {
        if offered.contains(name) { taken.insert(name) } else { needed.insert(name) }
      }
    }
    return try taken.sorted().map { name in
      let match = matches[name]!
      return try StoredStart(
        name: name, manifest: try opened.store.manifest(match.manifest), rows: .all, store: opened.store, owner: match.source.id)
    }
  }

  /// What a stage may read: what it says that it reads once it is fitted, and what it is fitted on.
  private func sources(of stage: Stage) -> Set<String> {
    Set(stage.reads ?? []).union(stage.inputs.flatMap { stages[$0].outputs })
  }

  /// Stored intermediates that are read faster than they are computed, among those before `wanted`.
  private func fasterRead(than wanted: Set<String>) throws -> Set<String> {
    let places = Set(
      stages.indices.filter { stages[$0].outputs.contains(where: wanted.contains) }.flatMap { Stage.ancestors(of: $0, in: stages) })
    guard places.allSatisfy({ stages[$0].reads != nil }) else { return [] }
    var faster: Set<String> = []
    // The least seconds in which each intermediate can be had.
    var least: [String: Double] = [:]
    for place in places.sorted() {
      let stage = stages[place]
      // A stage that emits something wanted runs in any case, and gives all its outputs.
      guard !stage.outputs.contains(where: wanted.contains) else { continue }
      let before = Set(stage.reads ?? []).reduce(0.0) { $0 + (least[$1] ?? 0) }
      let computing = try seconds(of: stage).map { $0 + before } ?? .infinity
      for name in stage.outputs {
        least[name] = computing
        guard let reading = try readingSeconds(of: name), reading <= computing else { continue }
        least[name] = reading
        faster.insert(name)
      }
    }
    return faster
  }

  /// What the stage took in a model that has its outputs; `nil` when it was never measured.
  private func seconds(of stage: Stage) throws -> Double? {
    for name in stage.outputs {
      guard let source = matches[name]?.source else { continue }
      let costs = try opened.costs(of: source.model)
      if let seconds = costs.seconds(ofStage: source.intermediate.stage, rows: source.intermediate.rows) { return seconds }
    }
    return nil
  }

  /// About what reading it takes; `nil` for what is not stored as it was emitted.
  private func readingSeconds(of name: String) throws -> Double? {
    guard let match = matches[name] else { return nil }
    let manifest = try opened.store.manifest(match.manifest)
    guard manifest.holdsExactly(match.source.intermediate) else { return nil }
    // Of a frame perhaps no column has chunks of its own.
    let kind: ReadKind = manifest.schema.isMaps ? (manifest.scheme.values.rungs == nil ? .full : .ladder) : .derived
    return opened.costs.read.seconds(ReadEstimate(kind, rawBytes: max(0, match.source.intermediate.logicalBytes)))
  }
}
