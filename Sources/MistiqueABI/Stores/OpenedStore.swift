import CMistique
import Foundation
import Mistique
import Synchronization

/// A store that a caller has open, with what belongs to this handle: its capture and the functions that re-run models.
final class OpenedStore: Sendable {
  private struct State {
    var isClosed = false
    var isCapturing = false
    var capture: CaptureSession?
    /// Descriptions of captured models by identity, with what each was read from; `nil` for models that were not captured.
    var descriptions: [ModelIdentity: (receipt: ReceiptMark?, specification: String, description: CaptureDescription?)] = [:]
  }

  let store: IntermediateStore
  let reruns: RerunRegistry
  private let state = Mutex(State())

  init(_ store: IntermediateStore) {
    self.store = store
    reruns = RerunRegistry(store)
  }

  /// - Throws: `InterfaceError` (`MISTIQUE_BUSY`) while a capture is under way: whatever writes would wait for it.
  func requireNoCapture(_ what: String) throws {
    guard state.withLock({ $0.isCapturing }) else { return }
    throw InterfaceError.busy(
      "a capture into this store is under way", at: what, remedy: "Finish or abandon it first; one writer at a time has a store.")
  }

  /// Begins a capture; there is one at a time.
  func beginCapture(_ settings: CaptureSettings) throws -> CaptureSession {
    let isFree = state.withLock { state in
      guard !state.isCapturing, !state.isClosed else { return false }
      state.isCapturing = true
      return true
    }
    guard isFree else {
      throw InterfaceError.busy(
        "another capture into this store is under way, or the store was closed", at: "\(settings.identity)",
        remedy: "Finish or abandon the other one first.")
    }
    do {
      let capture = try CaptureSession(settings, in: store) { [weak self] in self?.endCapture() }
      state.withLock { $0.capture = capture }
      return capture
    } catch {
      endCapture()
      throw error
    }
  }

  func endCapture() {
    state.withLock { state in
      state.isCapturing = false
      state.capture = nil
    }
  }

  /// Abandons its capture and gives up the right to write.
  func close() throws {
    let capture = state.withLock { state in
      state.isClosed = true
      return state.capture
    }
    try capture?.abandon()
    try store.close()
  }

  /// What a model says of its capture; `nil` for one that was not captured.
  ///
  /// - Parameter receipt: where the model's receipt is known to be: under the same one it says the same, and the catalogue need not be asked.
  /// - Throws: `StoreError` (`notFound`, `corrupt`).
  func description(of identity: ModelIdentity, receipt: ReceiptMark? = nil) throws -> CaptureDescription? {
    let known = state.withLock { $0.descriptions[identity] }
    if let receipt, let known, known.receipt == receipt { return known.description }
    // Kept under its own receipt: the model may have been replaced since the answer.
    let (specification, current) = try store.marked(identity)
    let description =
      if let known, known.specification == specification { known.description } else { CaptureDescription(specification: specification) }
    state.withLock { $0.descriptions[identity] = (current, specification, description) }
    return description
  }

  /// Deletes a model, or what is left of a capture of that name.
  ///
  /// - Parameter isCancelled: asked until the first of what is deleted is gone: nothing stops it half way.
  /// - Returns: bytes that went back to the file system.
  func delete(_ identity: ModelIdentity, isCancelled: @escaping @Sendable () -> Bool) throws -> Int {
    try requireNoCapture("\(identity)")
    var segments = try CaptureSegments(of: identity, in: store)
    let isLogged = try store.models().contains { $0.identity == identity }
    guard isLogged || segments.models.isEmpty else { return try segments.delete(isCancelled: isCancelled) }
    let bytes = try store.delete(identity, isCancelled: isCancelled).bytes
    reruns.forget(identity)
    return try bytes + segments.delete()
  }
}
