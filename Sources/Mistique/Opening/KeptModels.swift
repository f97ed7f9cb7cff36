import MistiqueStorage
import Synchronization

/// Restored models that stay in memory, the last used ones, so that loading one is paid once and not by every query that re-runs it.
///
/// A model is taken out while it runs: two queries never share one. What is made from a receipt never changes, since a receipt does not.
final class KeptModels: Sendable {
  private let limit: Int
  private let models = Mutex<[(receipt: ChunkReference, model: any ExecutableModel)]>([])
  /// Counts up whenever everything is forgotten: a model that was taken out before is not put back.
  private let generation = Mutex(0)

  init(limit: Int) { self.limit = max(0, limit) }

  /// Whether `take` would give a model.
  func has(_ receipt: ChunkReference?) -> Bool { models.withLock { $0.contains { $0.receipt == receipt } } }

  /// The model restored from `receipt`, which the caller alone has until it puts it back; `nil` when none is kept.
  func take(_ receipt: ChunkReference) -> (any ExecutableModel)? {
    models.withLock { models in
      guard let place = models.lastIndex(where: { $0.receipt == receipt }) else { return nil }
      return models.remove(at: place).model
    }
  }

  /// What `put` must be told of a model that is restored now.
  var currentGeneration: Int { generation.withLock { $0 } }

  /// Keeps a model that was taken or restored, and lets go of the one that was used least recently.
  func put(_ model: any ExecutableModel, receipt: ChunkReference, generation expected: Int) {
    guard generation.withLock({ $0 }) == expected else { return }
    models.withLock { models in
      models.append((receipt, model))
      if models.count > limit { models.removeFirst(models.count - limit) }
    }
  }

  /// Lets go of all.
  func forget() {
    generation.withLock { $0 += 1 }
    models.withLock { $0 = [] }
  }
}
