/// Whether this thread is in a caller's re-run function. A question waits for it, and may have the right to write meanwhile: what writes would wait for itself.
enum RerunCall {
  @TaskLocal private static var isRunning = false

  static func running<Value>(_ body: () throws -> Value) rethrows -> Value { try $isRunning.withValue(true, operation: body) }

  /// - Throws: `InterfaceError` (`MISTIQUE_BUSY`) in a re-run function.
  static func refuse(at place: String) throws {
    guard isRunning else { return }
    throw InterfaceError.busy(
      "it is called from a function that re-runs a model", at: place,
      remedy: "Call it when the question is answered: what writes would wait for it.")
  }
}
