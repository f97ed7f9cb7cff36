import Foundation
import MistiqueStorage

extension OpenStore {
  /// Runs `run`, which re-runs `model` and hands what it emits to the sink it is given, and stores `parts` of it.
  ///
  /// - Parameter made: the lineages of what the run emits. An intermediate that was logged with another keeps none.
  ///
  /// When somebody else is writing, `run` gets no sink: a query does not wait for a writer. A kill leaves the store as it was before.
  func storing(
    _ parts: [String: MaterializingSink.Part], of model: CataloguedModel, policy: StoragePolicy, made lineages: [String: Lineage],
    whileRunning run: (MaterializingSink?) throws -> Void
  ) throws -> [String: Materialized] {
    func postponed(_ reason: String) -> [String: Materialized] { parts.mapValues { _ in .postponed(reason: reason) } }
    let outcome: [String: Materialized]? = try writing.withLockIfAvailable { box in
      // A handle that only asks gives the right to write back at once; one that logs keeps it until `close`.
      let keepsWriter = box.writer != nil
      letGoOfOutdatedWriter(&box)
      let writer: StoreWriter
      let missing: [String: MaterializingSink.Part]
      do {
        writer = try openWriter(box.writer, waits: false)
        // The plan was made before the right to write was there.
        missing = try notStored(parts, of: model)
      } catch {
        try run(nil)
        return postponed("\(error)")
      }
      guard !missing.isEmpty else {
        box.writer = keepsWriter ? writer : nil
        try run(nil)
        return [:]
      }
      box.writer = nil
      let sink = MaterializingSink(missing, of: model.identity, policy: policy, writer: writer)
      do { try run(sink) } catch {
        abandon(writer)
        throw error
      }
      do {
        let stored = try commit(sink, of: model, made: lineages, writer: writer)
        if keepsWriter { box.writer = writer }
        return stored
      } catch {
        abandon(writer)
        return postponed("\(error)")
      }
    }
    if let outcome { return outcome }
    try run(nil)
    return postponed("a model is being logged")
  }

  /// Those of `parts` that nobody has stored yet, or no more than their base, with the columns that are there already; none of a model that is gone.
  private func notStored(
    _ parts: [String: MaterializingSink.Part], of model: CataloguedModel
  ) throws -> [String: MaterializingSink.Part] {
    guard let current = try catalog.model(model.identity), current.id == model.id else { return [:] }
    let partials = try details(of: current).partials
    var missing: [String: MaterializingSink.Part] = [:]
    for intermediate in try catalog.intermediates(of: current) {
      guard let part = parts[intermediate.name], try !intermediate.isStored || isBaseAlone(intermediate) else { continue }
      missing[intermediate.name] = part
      guard case .columns(let wanted) = part, let partial = partials[intermediate.name] else { continue }
      // Equal chunks are stored once: the columns that are there already cost a reference each.
      missing[intermediate.name] = wanted.isSubset(of: partial.names) ? nil : .columns(wanted.union(partial.names))
    }
    return missing
  }

  private func commit(
    _ sink: MaterializingSink, of model: CataloguedModel, made lineages: [String: Lineage], writer: StoreWriter
  ) throws -> [String: Materialized] {
    let stored = try sink.finish()
    var receipt = try receipt(of: model)
    let before = Dictionary(receipt.intermediates.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    var changed: [ModelReceipt.Intermediate] = []
    let commit = try writer.commit(stored.compactMap(\.emitted.finished), blobs: []) { manifests, _ in
      changed = zip(stored, manifests).map { stored, manifest in
        let old = before[stored.emitted.name]!
        // What part of a frame adds says nothing about what all of it would.
        let new = old.storing(
          manifest, newBytes: stored.partial == nil ? stored.emitted.newBytes : old.newBytes, shape: old.shape, partial: stored.partial)
        return old.lineage == lineages[old.name] ? new : new.withoutLineage
      }
      receipt = receipt.replacing(changed)
      return try receipt.encoded()
    }
    try show(commit, of: model.identity, by: writer) { try catalog.store(changed, of: model, commit: commit) }
    // Chunks of several may share a partition: its bytes are told apart by the raw bytes that each has added.
    let raw = max(1, stored.reduce(0) { $0 + $1.emitted.newBytes })
    let ids = Dictionary(try catalog.intermediates(of: model).map { ($0.name, $0.id) }, uniquingKeysWith: { $1 })
    return Dictionary(
      uniqueKeysWithValues: zip(stored, changed).map { stored, changed in
        // The product of two sizes may need more than 64 bits.
        let bytes = raw.dividingFullWidth(commit.fileBytes.multipliedFullWidth(by: stored.emitted.newBytes)).quotient
        if bytes > 0, let id = ids[changed.name] { bytesTaken.withLock { $0[id] = BytesTaken(newBytes: changed.newBytes, onDisk: bytes) } }
        return (changed.name, .stored(bytes: bytes))
      })
  }
}
