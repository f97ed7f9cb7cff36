import Foundation
import MistiqueStorage

extension OpenStore {
  /// Runs `run`, which re-runs `model` and hands what it emits to the sink it is given, and stores the intermediates `names`.
  ///
  /// When somebody else is writing, `run` gets no sink: a query does not wait for a writer. A kill leaves the store as it was before.
  func storing(
    _ names: Set<String>, of model: CataloguedModel, policy: StoragePolicy, whileRunning run: (MaterializingSink?) throws -> Void
  ) throws -> [String: Materialized] {
    func postponed(_ reason: String) -> [String: Materialized] {
      Dictionary(uniqueKeysWithValues: names.map { ($0, .postponed(reason: reason)) })
    }
    let outcome: [String: Materialized]? = try writing.withLockIfAvailable { box in
      // A handle that only asks gives the right to write back at once; one that logs keeps it until `close`.
      let keepsWriter = box.writer != nil
      let writer: StoreWriter
      let missing: Set<String>
      do {
        writer = try openWriter(box.writer)
        // The plan was made before the right to write was there.
        missing = try notStored(names, of: model)
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
        writer.abandon()
        throw error
      }
      do {
        let stored = try commit(sink, of: model, writer: writer)
        if keepsWriter { box.writer = writer }
        return stored
      } catch {
        writer.abandon()
        return postponed("\(error)")
      }
    }
    if let outcome { return outcome }
    try run(nil)
    return postponed("a model is being logged")
  }

  /// Those of `names` that nobody has stored yet; none of a model that is gone.
  private func notStored(_ names: Set<String>, of model: CataloguedModel) throws -> Set<String> {
    guard try catalog.model(model.identity)?.id == model.id else { return [] }
    return names.intersection(try catalog.intermediates(of: model).filter { !$0.isStored }.map(\.name))
  }

  private func commit(_ sink: MaterializingSink, of model: CataloguedModel, writer: StoreWriter) throws -> [String: Materialized] {
    let stored = try sink.finish()
    var receipt = try receipt(of: model)
    let commit = try writer.commit(stored.compactMap(\.finished), blobs: []) { manifests, _ in
      for (intermediate, manifest) in zip(stored, manifests) {
        receipt = receipt.storing(intermediate.name, manifest: manifest, newBytes: intermediate.newBytes)
      }
      return try receipt.encoded()
    }
    let names = Set(stored.map(\.name))
    try catalog.store(receipt.intermediates.filter { names.contains($0.name) }, of: model, commit: commit)
    // Chunks of several may share a partition: its bytes are told apart by the raw bytes that each has added.
    let raw = max(1, stored.reduce(0) { $0 + $1.newBytes })
    return Dictionary(uniqueKeysWithValues: stored.map { ($0.name, .stored(bytes: commit.fileBytes * $0.newBytes / raw)) })
  }
}
