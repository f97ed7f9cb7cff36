import CMistique
import Foundation
import Mistique
import Synchronization

/// A caller's function that re-runs a model.
///
/// `@unchecked Sendable`: the caller promises that it may be called on any thread, by one question at a time.
final class RerunFunction: @unchecked Sendable {
  let call: mistique_rerun_function
  let context: UnsafeMutableRawPointer?
  private let release: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?

  init(
    _ call: @escaping mistique_rerun_function, _ context: UnsafeMutableRawPointer?,
    release: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
  ) {
    self.call = call
    self.context = context
    self.release = release
  }

  deinit { release?(context) }
}

/// What tells a captured model from another one of its name.
private struct CaptureMark: Equatable {
  private let capture: String?

  init(_ description: CaptureDescription) { capture = description.capture }
}

/// The functions of one store handle, by model.
final class RerunRegistry: Sendable {
  private let store: IntermediateStore
  private let place: StorePlace
  private struct Entry {
    let function: RerunFunction
    /// The model that it was registered for; nil until there is one.
    var model: CaptureMark?
  }

  private struct State {
    var functions: [ModelIdentity: Entry] = [:]
    var wasUsed = false
  }

  private let state = Mutex(State())

  init(_ store: IntermediateStore) {
    self.store = store
    place = StorePlace(store)
  }

  /// Registers a function for a captured model, or takes it out.
  ///
  /// The engine restores models by their kind: it asks this registry, and forgets the models that it made before.
  func register(_ function: RerunFunction?, for identity: ModelIdentity) {
    let entry = function.map { function in
      Entry(
        function: function,
        model: (try? store.specification(of: identity)).flatMap(CaptureDescription.init(specification:)).map(CaptureMark.init))
    }
    let replaced = state.withLock { state in
      let replaced = state.functions[identity]
      state.functions[identity] = entry
      state.wasUsed = true
      return replaced
    }
    // Let go of last, outside of the lock: its `release` is the caller's code.
    defer { withExtendedLifetime(replaced) {} }
    store.register(kind: CapturedModel.kind) { [weak self] stored in
      guard let self, let description = CaptureDescription(specification: stored.specification),
        let function = self.function(for: stored.identity, description)
      else { throw Self.noFunction(stored.identity, at: "\(stored.identity)") }
      return try RerunModel(stored, description, function, at: self.place)
    }
  }

  /// Lets go of the function of a model that was deleted: another one may get its name.
  func forget(_ identity: ModelIdentity) {
    guard state.withLock({ $0.functions[identity] != nil }) else { return }
    register(nil, for: identity)
  }

  /// The function of a captured model. One that was registered for a model of that name which is no more, whoever deleted it, is none.
  func function(for identity: ModelIdentity, _ description: CaptureDescription) -> RerunFunction? {
    let mark = CaptureMark(description)
    return state.withLock { state in
      guard let entry = state.functions[identity] else { return nil }
      if entry.model == nil { state.functions[identity]!.model = mark }
      return entry.model == nil || entry.model == mark ? entry.function : nil
    }
  }

  /// Whether a function was ever registered: the engine believes from then on that every captured model can be re-run.
  var wasUsed: Bool { state.withLock { $0.wasUsed } }

  static func noFunction(_ identity: ModelIdentity, at place: String) -> StoreError {
    StoreError(
      .cannotPlan, "a captured model is re-run by a function of the program that has it, and none is registered here for this \(identity)",
      at: place,
      remedy: "Register one (mistique_rerun_register; in Python store.rerun), or ask for what is stored, as it is stored.")
  }
}
