import Foundation
import MistiqueStorage

/// One logging of one model, by a caller who has the right to write: look-ups, run, commit.
struct LoggingOfModel {
  let opened: OpenStore
  let executor: PipelineExecutor
  let policy: StoragePolicy
  let writer: StoreWriter
  /// What earlier loggings of the writer have read.
  let recent: RecentFrames

  private var model: any ExecutableModel { executor.model }
  private var store: DataStore { opened.store }

  /// - Parameter excluded: manifests and blobs that are not reused.
  /// - Throws: `DamagedSources` when what was read instead of computed is damaged; nothing was committed then.
  func log(without excluded: Set<ChunkReference>) throws -> LoggingReport {
    let start = ContinuousClock.now
    // A graph that cannot be is said to be one before anything looks along its arrows.
    _ = try executor.stagesByOutput()
    let lineages = try currentLineages()
    let search = ReuseSearch(opened: opened, policy: policy, excluded: excluded)
    let names = Set(model.stages.flatMap(\.outputs))
    let found = withoutLostParts(
      try search.find(
        ModelLineages(
          intermediates: policy.looksForStored ? lineages.intermediates : [:],
          transformers: policy.looksForTrained ? lineages.transformers : [:]),
        outputs: names))
    let reuse = policy.verifiesReuse ? found.computingAll : found
    try adopt(reuse.transformers)
    let reading = ReuseReading(opened: opened, stages: model.stages, matches: reuse.intermediates)
    let reader = StartReader(
      try reading.starts(for: names.subtracting(reuse.intermediates.keys)), store: store, recent: recent,
      manifests: reuse.intermediates.mapValues(\.manifest), isCancelled: executor.isCancelled)
    let countedAgain = try CountedAgain(of: model, under: policy, in: opened)
    let logged = try run(reuse, reader, try countedAgain.count(by: writer))
    guard try lineages.areKept(in: currentLineages()) else {
      throw StoreError(
        .otherInputs, "what the model reads changed while it ran", at: "\(executor.identity)",
        remedy: "Run it again when nothing writes to its inputs. Nothing was stored.")
    }
    let parts = try TransformersToStore(model, reuse.transformers, writer)
    var written: ModelReceipt?
    var manifests: [String: ChunkReference] = [:]
    let sequence = try opened.catalog.nextModelNumber()
    let finished = logged.intermediates.filter { $0.finished != nil }
    let commit = try writer.commit(finished.compactMap(\.finished), blobs: parts.locations) { references, blobs in
      manifests = Dictionary(zip(finished.map(\.name), references), uniquingKeysWith: { first, _ in first })
      if policy.verifiesReuse {
        let verification = ReuseVerification(opened: opened, identity: executor.identity)
        try verification.check(found.transformers, against: parts.trained)
        try verification.check(found.intermediates, against: manifests)
      }
      let receipt = ModelReceipt(
        sequence: sequence, identity: executor.identity, kind: type(of: model).kind, specification: model.specification, policy: policy,
        stages: model.stages, intermediates: described(logged, manifests, reuse.intermediates, lineages),
        transformers: parts.references(blobs, lineages), inputs: logged.inputs)
      written = receipt
      return try receipt.encoded()
    }
    let receipt = written!
    let measurements = try logged.measurements + measuredBefore(logged.measurements, reuse.intermediates)
    try opened.show(commit, of: executor.identity, by: writer) {
      try opened.catalog.insert(receipt, measurements: measurements, commit: commit)
    }
    remember(receipt, logged, manifests, parts, commit)
    countedAgain.remember(logged.intermediates, of: commit, by: writer)
    var report = summary(of: receipt, logged, reuse, commit)
    report.intermediatesRead = reader.namesRead
    report.damaged = found.damaged
    report.damagedPartitions = writer.damaged.map { id, error in
      DamagedPartition(file: PartitionPath.file(id, in: store.partitionsDirectory), reason: error.what)
    }.sorted { $0.file < $1.file }
    if policy.verifiesReuse, store.options.keepsPartitions {
      report.verified = model.stages.flatMap(\.outputs).filter { found.intermediates[$0] != nil }
    }
    report.seconds = (ContinuousClock.now - start).seconds
    // The model is committed: that a measurement fails now must not say that it was not logged.
    if store.options.keepsPartitions {
      do { try measure(logged, reuse.intermediates) } catch { report.calibrationFailure = "\(error)" }
    }
    return report
  }

  // MARK: Before the run

  /// What makes the model's intermediates as its inputs are now.
  private func currentLineages() throws -> ModelLineages { try policy.keepsLineages ? model.lineages() : .none }

  /// A trained part that is damaged is trained again: its stage, which has its name, runs.
  private func withoutLostParts(_ found: ReuseSearch.Found) -> ReuseSearch.Found {
    var found = found
    let lost = Set(found.damaged.map(\.name)).intersection(model.untrained).subtracting(found.transformers.keys)
    for stage in model.stages where lost.contains(stage.name) { for name in stage.outputs { found.intermediates[name] = nil } }
    return found
  }

  /// Gives the model the stored parts that it would have to train.
  private func adopt(_ stored: [String: CataloguedTransformer]) throws {
    let untrained = model.untrained
    let parts = try stored.filter { untrained.contains($0.key) }.sorted { $0.key < $1.key }.map { name, part in
      do { return StoredTransformer(name: name, bytes: try opened.bytes(of: part), lineage: part.lineage) } catch let error as StoreError
        where error.isOfUnreadableData
      {
        // It was intact when it was looked at first, and that is remembered.
        store.dropCaches()
        throw DamagedSources(sources: [DamagedSource(name: name, part: part, error)], manifests: [part.blob])
      }
    }
    if !parts.isEmpty { try model.adopt(parts) }
  }

  // MARK: The run

  private func run(
    _ reuse: ReuseSearch.Found, _ reader: StartReader, _ counted: [String: EmittedIntermediate]
  ) throws -> PipelineExecutor.Logged {
    let watch = DamageWatch()
    let matches = reuse.intermediates
    let stored = PipelineExecutor.Stored(
      names: Set(matches.keys), available: watch.watching(reader.available),
      frame: { name in try matches[name].map { match in try watch.noting(name) { try writer.storedFrame(match.manifest) } } },
      counted: counted)
    do {
      return try executor.log(policy: policy, writer: writer, leavingOut: stored)
    } catch {
      let damaged = watch.damaged.sorted { $0.key < $1.key }
      guard !damaged.isEmpty else { throw error }
      // Also what this process has written itself is looked at from now on.
      store.dropCaches()
      throw DamagedSources(
        sources: damaged.map { DamagedSource(name: $0.key, place: matches[$0.key]?.source.place ?? $0.key, $0.value) },
        manifests: Set(damaged.compactMap { matches[$0.key]?.manifest }))
    }
  }

  // MARK: The receipt

  /// What was computed in the order in which it was emitted; with what was reused, in the order of the stages.
  private func described(
    _ logged: PipelineExecutor.Logged, _ manifests: [String: ChunkReference], _ matches: [String: ReuseSearch.Match],
    _ lineages: ModelLineages
  ) -> [ModelReceipt.Intermediate] {
    let computed = logged.intermediates.map { intermediate in
      ModelReceipt.Intermediate(
        name: intermediate.name, stage: logged.stageOf[intermediate.name]!, rows: intermediate.rows, columns: intermediate.columns,
        logicalBytes: intermediate.logicalBytes, newBytes: intermediate.newBytes,
        manifest: manifests[intermediate.name].map(ModelReceipt.Reference.init), shape: intermediate.shape,
        lineage: lineages.intermediates[intermediate.name])
    }
    guard !matches.isEmpty else { return computed }
    var byName = Dictionary(computed.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (name, match) in matches {
      let source = match.source.intermediate
      byName[name] = ModelReceipt.Intermediate(
        name: name, stage: logged.stageOf[name]!, rows: source.rows, columns: source.columns, logicalBytes: source.logicalBytes,
        newBytes: 0,
        manifest: ModelReceipt.Reference(match.manifest), lineage: lineages.intermediates[name])
    }
    return model.stages.flatMap(\.outputs).compactMap { byName[$0] }
  }

  // MARK: After the commit

  /// What other models measured of the stages that did not run, so that a re-run of them can be predicted.
  private func measuredBefore(
    _ measured: [StageMeasurement], _ matches: [String: ReuseSearch.Match]
  ) throws -> [StageMeasurement] {
    let ran = Set(measured.map(\.stage))
    var costs: [Int64: [Int: StageCost]] = [:]
    var result: [StageMeasurement] = []
    for (place, stage) in model.stages.enumerated() where !ran.contains(place) {
      guard let source = stage.outputs.lazy.compactMap({ matches[$0]?.source }).first else { continue }
      let known = try costs[source.model.id] ?? opened.catalog.stageCosts(of: source.model)
      costs[source.model.id] = known
      guard let (few, many) = known[source.intermediate.stage]?.measurements, let cost = many ?? few else { continue }
      result.append(StageMeasurement(stage: place, seconds: cost.seconds, batches: cost.batches, rowsPerBatch: cost.rowsPerBatch))
    }
    return result
  }

  /// Keeps in memory what a store that is only counted cannot read again.
  private func remember(
    _ receipt: ModelReceipt, _ logged: PipelineExecutor.Logged, _ manifests: [String: ChunkReference], _ parts: TransformersToStore,
    _ commit: StoreCommit
  ) {
    guard !store.options.keepsPartitions else { return }
    opened.details.withLock { $0[commit.receipt] = ModelDetails(receipt) }
    for (name, frame) in logged.frames { if let manifest = manifests[name] { writer.remember(frame, as: manifest) } }
    opened.countedParts.withLock { known in
      for (reference, bytes) in zip(commit.blobs, parts.bytes) { known[reference] = bytes }
    }
  }

  private func summary(
    of receipt: ModelReceipt, _ logged: PipelineExecutor.Logged, _ reuse: ReuseSearch.Found, _ commit: StoreCommit
  ) -> LoggingReport {
    var report = LoggingReport(
      intermediates: receipt.intermediates.count, logicalBytes: receipt.intermediates.reduce(0) { $0 + $1.logicalBytes },
      chunks: commit.counters.chunks, duplicateChunks: commit.counters.duplicateChunks,
      duplicateBytes: commit.counters.duplicateBytes, passedChunks: commit.counters.passedChunks,
      damagedChunks: commit.counters.damagedChunks, storedBytes: commit.fileBytes, transformerBytes: commit.blobFileBytes,
      partitions: commit.partitions.count)
    report.executeSeconds = logged.executeSeconds
    let ran = Set(logged.measurements.map(\.stage))
    report.stagesRun = model.stages.enumerated().filter { ran.contains($0.offset) }.map(\.element.name)
    report.reused = model.stages.flatMap(\.outputs).compactMap { name in
      reuse.intermediates[name].map {
        ReusedIntermediate(name: name, model: $0.source.model.identity, intermediate: $0.source.intermediate.name)
      }
    }
    return report
  }

  /// Measures for the cost model, unless nothing ran: then all of it was measured before, with the models that the new one refers to.
  private func measure(_ logged: PipelineExecutor.Logged, _ matches: [String: ReuseSearch.Match]) throws {
    guard logged.measurements.isEmpty, let source = matches.values.first(where: { $0.source.model.kind == type(of: model).kind })?.source
    else {
      return try opened.measureCosts(after: executor.identity)
    }
    try opened.note(try opened.model(executor.identity), restoreSeconds: source.model.restoreSeconds, stages: [])
  }
}
