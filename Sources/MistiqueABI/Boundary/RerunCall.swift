import Mistique

/// Which stores this thread is asked by in a caller's re-run function, and whether it is in a caller's callback. A question waits for both, and may have the right to
/// write meanwhile: what writes to such a store would wait for itself.
enum RerunCall {
  @TaskLocal private static var stores: [IntermediateStore] = []
  @TaskLocal private static var isCallback = false

  /// Calls a re-run function of a model of `store`.
  static func running<Value>(of store: IntermediateStore, _ body: () throws -> Value) rethrows -> Value {
    try $stores.withValue(stores + [store], operation: body)
  }

  /// Calls a caller's `stop` or `progress`.
  static func callback<Value>(_ body: () throws -> Value) rethrows -> Value { try $isCallback.withValue(true, operation: body) }

  /// - Throws: `InterfaceError` (`MISTIQUE_BUSY`) in a re-run function of a model of `store`, and in a callback.
  static func refuse(at place: String, of store: IntermediateStore) throws {
    guard isCallback || stores.contains(where: { $0 === store }) else { return }
    throw InterfaceError.busy(
      "it is called from a \(isCallback ? "callback" : "function that re-runs a model of this store")", at: place,
      remedy: "Call it when the question is answered: what writes would wait for it.")
  }
}
