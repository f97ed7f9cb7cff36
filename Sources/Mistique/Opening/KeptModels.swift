import MistiqueStorage
import Synchronization

/// Restored models that stay in memory, the last used ones, so that loading one is paid once and not by every query that re-runs it.
///
/// A model is taken out while it runs: two queries never share one. What is made from a receipt never changes, since a receipt does not.
final class KeptModels: Sendable {
  private struct State {
    var models: [(receipt: ChunkReference, model: any ExecutableModel)] = []
    /// Counts up whenever everything is forgotten: a model that was taken out before is not put back.
    var generation = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = max(0, limit) }

  /// Whether `take` would give a model.
  func has(_ receipt: ChunkReference?) -> Bool { state.withLock { $0.models.contains { $0.receipt == receipt } } }

  /// The model restored from `receipt`, which the caller alone has until it puts it back; `nil` when none is kept.
  func take(_ receipt: ChunkReference) -> (any ExecutableModel)? {
    state.withLock { state in
      guard let place = state.models.lastIndex(where: { $0.receipt == receipt }) else { return nil }
      return state.models.remove(at: place).model
    }
  }

  /// What `put` must be told of a model that is restored now.
  var currentGeneration: Int { state.withLock { $0.generation } }

  /// Keeps a model that was taken or restored, and lets go of the one that was used least recently.
  func put(_ model: any ExecutableModel, receipt: ChunkReference, generation: Int) {
    let gone = state.withLock { state -> [(receipt: ChunkReference, model: any ExecutableModel)] in
      guard state.generation == generation else { return [] }
      state.models.append((receipt, model))
      let surplus = max(0, state.models.count - limit)
      defer { state.models.removeFirst(surplus) }
      return Array(state.models.prefix(surplus))
    }
    Self.letGo(of: gone)
  }

  /// Lets go of all.
  func forget() {
    let gone = state.withLock { state in
      state.generation += 1
      defer { state.models = [] }
      return state.models
    }
    Self.letGo(of: gone)
  }

  /// Ends models outside of the lock: what a model does when it goes is its own code, and may ask the store.
  private static func letGo(of models: [(receipt: ChunkReference, model: any ExecutableModel)]) { withExtendedLifetime(models) {} }
}
