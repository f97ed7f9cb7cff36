import Foundation
import MistiqueStorage

/// Giving up stored values that can be had again by re-running.
extension OpenStore {
  /// Whether something here restores the model, and its inputs are those that were logged.
  func canBeRerun(_ model: CataloguedModel) -> Bool { (try? requireRerunnable(model)) != nil }

  /// - Throws: `StoreError`: `cannotPlan` when nothing restores the model or its inputs cannot be verified, `otherInputs`; what the model throws.
  func requireRerunnable(_ model: CataloguedModel) throws {
    let details = try details(of: model)
    let lent = try lend(model)
    let outputs = Set(details.graph.stages.flatMap(\.outputs))
    let inputs = try lent.model.inputs(of: outputs, available: [])
    let unverified = try InputCheck(logged: details.inputs).verify(inputs, of: model.identity)
    giveBack(lent)
    guard unverified.isEmpty else {
      throw StoreError(
        .cannotPlan, "the store does not know whether \(unverified.joined(separator: ", ")) is what was logged", at: "\(model.identity)",
        remedy: "Log the model again under another name: what cannot be re-run for certain is kept.")
    }
  }

  /// Deletes the stored values of intermediates, which are re-run from then on. The catalogue changes in one transaction before any file does.
  ///
  /// The caller has the exclusive hold of the readers' lock.
  /// - Throws: `StoreError`: `locked`, what keeps the store from being written.
  @discardableResult
  func giveUp(_ names: Set<String>, of model: CataloguedModel) throws -> ReclaimedStorage {
    try reclaim(after: model, forgetting: names) { current, box in
      try forget(names, of: current, &box)
      return true
    }
  }

  /// Has `change` store less of `model` and say whether it did, and gives back what nothing needs then.
  ///
  /// - Parameters:
  ///   - names: intermediates of which nothing stays.
  ///   - isCancelled: asked until `change` is called.
  /// - Throws: `StoreError`: `locked`, what keeps the store from being written; `corrupt` where something that stays is damaged, so that nobody knows what
  ///   it needs; `notFound` where a file is missing. Nothing was changed then.
  func reclaim(
    after model: CataloguedModel, forgetting names: Set<String> = [], isCancelled: @escaping @Sendable () -> Bool = { false },
    _ change: (CataloguedModel, inout WriterBox) throws -> Bool
  ) throws -> ReclaimedStorage {
    // Every query waits for this, and who has the right to write may be waiting for a query: nothing may be waited for here.
    let reclaimed: ReclaimedStorage? = try writing.withLockIfAvailable { box in
      let keepsWriter = box.writer != nil
      box.writer = try withReserve { try openWriter(box.writer, waits: false, isCancelled: isCancelled) }
      // Nobody else changes it from here on.
      guard let current = try catalog.model(model.identity), current.id == model.id else {
        if !keepsWriter { box.writer = nil }
        return ReclaimedStorage()
      }
      // Damage to files that are open is seen before the catalogue changes.
      store.dropCaches()
      do {
        try requireIntact(besides: names, of: current, isCancelled: isCancelled)
        if isCancelled() { throw CancellationError() }
      } catch {
        if !keepsWriter { box.writer = nil }
        throw error
      }
      // Giving bytes back takes a few first, which a full disk has in reserve.
      guard try withReserve({ try change(current, &box) }) else {
        if !keepsWriter { box.writer = nil }
        return ReclaimedStorage()
      }
      do { return try reclaim(&box, deleting: nil, waits: false) } catch let error as StoreError where error.code == .locked {
        // Another writer was faster. The values are given up; their bytes go with the next deletion or `collectGarbage`.
        return ReclaimedStorage()
      }
    }
    guard let reclaimed else { throw isLogging }
    return reclaimed
  }

  /// That everything which stays says what it needs: giving up cannot be undone. What is itself damaged may be given up all the same, since the next question
  /// makes it anew; what is missing may not. What is reclaimed is looked for once more, under the right to write.
  ///
  /// - Throws: `StoreError` (`corrupt`, `notFound`).
  private func requireIntact(besides names: Set<String>, of model: CataloguedModel, isCancelled: () -> Bool) throws {
    let forgotten = try catalog.intermediates(of: model).filter { names.contains($0.name) }
    for intermediate in forgotten { try requireThere(intermediate) }
    for intermediate in forgotten {
      guard let reference = try intermediate.manifest else { continue }
      do { _ = try store.manifest(reference) } catch let error as StoreError where error.isOfUnreadableData { return }
    }
    let ids = Set(forgotten.map(\.id))
    _ = try reachability(of: catalog.models(), leavingOut: { ids.contains($0.id) }, isCancelled: isCancelled)
  }

  /// That no file is missing which the stored values of an intermediate are in: it may come back, and giving them up would free nothing of it.
  ///
  /// Complexity: O(chunks) of the intermediate.
  /// - Throws: `StoreError` (`notFound`); `unsupportedVersion` of one that a later version wrote.
  private func requireThere(_ intermediate: CataloguedIntermediate) throws {
    guard let reference = try intermediate.manifest else { return }
    var reached = Reachability()
    func passingOverDamage(_ body: () throws -> Void) throws {
      do { try body() } catch let error as StoreError where error.isOfUnreadableData && error.code != .notFound {}
    }
    try passingOverDamage { try store.reach(intermediate: reference, into: &reached) }
    for partition in reached.partitions { try passingOverDamage { _ = try store.file(partition) } }
  }

  /// Whether no file that an intermediate's stored values are in is missing.
  func isThere(_ intermediate: CataloguedIntermediate) -> Bool { (try? requireThere(intermediate)) != nil }

  /// Makes the model's receipt and the catalogue say that `names` are not stored. The writer is let go of: reclaiming makes one of its own.
  private func forget(_ names: Set<String>, of model: CataloguedModel, _ box: inout WriterBox) throws {
    let writer = try openWriter(box.writer, waits: false)
    box.writer = nil
    do {
      let receipt = try self.receipt(of: model)
      let changed = try receipt.intermediates.filter { names.contains($0.name) && $0.manifest != nil }.map { old in
        old.storing(nil, newBytes: try bytesIfStoredAgain(old), shape: try old.shape ?? shape(of: old), partial: nil)
      }
      let commit = try writer.commit([], blobs: []) { _, _ in try receipt.replacing(changed).encoded() }
      try show(commit, of: model.identity, by: writer) { try catalog.store(changed, of: model, commit: commit) }
    } catch {
      abandon(writer)
      throw error
    }
  }

  /// The raw bytes that storing it anew adds: of a base whose residual was given back, both again. An estimate: a manifest that is damaged says nothing, and must
  /// not keep its values from being given up, since the next question then makes them anew.
  private func bytesIfStoredAgain(_ intermediate: ModelReceipt.Intermediate) throws -> Int {
    guard let reference = try intermediate.manifest?.chunk() else { return intermediate.newBytes }
    let scheme: QuantizationScheme
    do { scheme = try store.manifest(reference).scheme } catch let error as StoreError where error.isOfUnreadableData {
      return intermediate.newBytes
    }
    guard case .ladder(_, .base) = scheme.values else { return intermediate.newBytes }
    let both = max(0, intermediate.newBytes).multipliedReportingOverflow(by: 4)
    return both.overflow ? .max : both.partialValue
  }

  /// Runs `body` while no query is being answered, here or elsewhere; waits for those that are.
  /// - Throws: `StoreError` with code `locked` after ten seconds; `CancellationError` when `isCancelled` says so before.
  func withoutReaders<Value>(isCancelled: () -> Bool = { false }, _ body: () throws -> Value) throws -> Value {
    let start = ContinuousClock.now
    while ContinuousClock.now - start < .seconds(10) {
      if isCancelled() { throw CancellationError() }
      // A hold of its own for each attempt: two that wait must not wait for each other.
      let hold = try readers.shared()
      if hold.upgradeWithoutWaiting() { return try withExtendedLifetime(hold, body) }
      usleep(UInt32.random(in: 2_000...10_000))
    }
    throw StoreError(
      .locked, "queries are being answered, or something else is being given up", at: directory.path,
      remedy: "Try again when they have ended. Nothing was changed.")
  }

  /// What a re-run must give again of an intermediate that was stored when it was logged; `nil` where pooling has changed its columns, and where what says it is damaged.
  private func shape(of intermediate: ModelReceipt.Intermediate) throws -> LoggedShape? {
    guard let reference = try intermediate.manifest?.chunk() else { return nil }
    do {
      let manifest = try store.manifest(reference)
      guard manifest.schema.columnCount == intermediate.columns else { return nil }
      return LoggedShape(manifest.schema, try store.readRowIDs(manifest, rows: .all, counters: ReadCounters()))
    } catch let error as StoreError where error.isOfUnreadableData { return nil }
  }

  /// Gets the right to write before `body`, as patiently as the options say: what keeps readers out must not wait for it.
  ///
  /// - Throws: `StoreError`: `locked`, what keeps the store from being written; `notFound` when the model is another one by then.
  func withRightToWrite<Value>(
    on model: CataloguedModel, isCancelled: @escaping @Sendable () -> Bool = { false }, _ body: () throws -> Value
  ) throws -> Value {
    let mine: (keepsWriter: Bool, writer: ObjectIdentifier)? = try writing.withLockIfAvailable { box in
      let keepsWriter = box.writer != nil
      try reopenWithReserve()
      let writer = try openWriter(box.writer, isCancelled: isCancelled)
      box.writer = writer
      return (keepsWriter, ObjectIdentifier(writer))
    }
    guard let mine else { throw isLogging }
    defer {
      // Who is logging by now has the writer, and keeps it as one who logs does: that is not waited for.
      if !mine.keepsWriter {
        _ = writing.withLockIfAvailable { box in
          if let writer = box.writer, ObjectIdentifier(writer) == mine.writer { box.writer = nil }
        }
      }
    }
    try requireUnchanged(model)
    return try body()
  }

  private var isLogging: StoreError {
    StoreError(.locked, "a model is being logged", at: directory.path, remedy: "Try again when it is stored. Nothing was changed.")
  }

  /// That a model is still the one that was looked up before a wait: names are used again.
  ///
  /// - Throws: `StoreError` (`notFound`).
  func requireUnchanged(_ model: CataloguedModel) throws {
    if try isUnchanged(model) { return }
    throw StoreError(
      .notFound, "the model was deleted, or stored anew, while this waited for the right to write", at: "\(model.identity)",
      remedy: "Look at what is there now, and ask again. Nothing was changed.")
  }
}
