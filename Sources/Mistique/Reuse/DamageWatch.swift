import MistiqueStorage
import Synchronization

/// Notes which of the intermediates that a run reads turn out to be damaged, so that the run can begin again without them.
final class DamageWatch: Sendable {
  private let found = Mutex<[String: StoreError]>([:])

  /// What was damaged, by name.
  var damaged: [String: StoreError] { found.withLock { $0 } }

  /// The same intermediates, watched.
  func watching(_ available: AvailableIntermediates) -> AvailableIntermediates {
    AvailableIntermediates(
      names: available.names,
      maps: { name, rows, body in try self.noting(name) { try available.maps(name, rows: rows, body) } },
      frame: { name in try self.noting(name) { try available.frame(name) } })
  }

  /// Runs `body`, which reads the intermediate `name`.
  func noting<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as StoreError where error.isOfUnreadableData {
      found.withLock { $0[name] = error }
      throw error
    }
  }
}

/// Ends a logging whose run met damaged sources: it begins again without them.
struct DamagedSources: Error {
  let sources: [DamagedSource]
  let manifests: Set<ChunkReference>
}
