import Groundwork
import Mistique

/// Stores whose re-run function is running on this thread, and whether a caller's callback is. A question waits for both, and may have the right to write
/// meanwhile: what writes to such a store would wait for itself.
enum RerunCall {
  @TaskLocal private static var places: [StorePlace] = []
  @TaskLocal private static var isCallback = false

  /// Calls a re-run function of a model of the store at `place`.
  static func running<Value>(at place: StorePlace, _ body: () throws -> Value) rethrows -> Value {
    try $places.withValue(places + [place]) { try StandardArithmetic.asCalled(body) }
  }

  /// Calls a caller's `stop` or `progress`.
  static func callback<Value>(_ body: () throws -> Value) rethrows -> Value {
    try $isCallback.withValue(true) { try StandardArithmetic.asCalled(body) }
  }

  /// Call it in every function that writes to a store.
  ///
  /// - Throws: `InterfaceError` (`MISTIQUE_BUSY`) in a re-run function of a model of that store, by whichever handle, and in a callback.
  static func refuse(at place: String, of store: IntermediateStore) throws {
    try refuse(at: place) { $0.isStore(of: StorePlace(store)) }
  }

  /// - Throws: `InterfaceError` (`MISTIQUE_BUSY`) in a re-run function that this very handle was asked for, and in a callback.
  static func refuseClosing(_ store: IntermediateStore) throws {
    try refuse(at: "close") { $0.isHandle(of: StorePlace(store)) }
  }

  private static func refuse(at place: String, _ isMeant: (StorePlace) -> Bool) throws {
    guard isCallback || places.contains(where: isMeant) else { return }
    throw InterfaceError.busy(
      "it is called from a \(isCallback ? "callback" : "function that re-runs a model of this store")", at: place,
      remedy: "Call it when the question is answered: what writes would wait for it.")
  }
}
