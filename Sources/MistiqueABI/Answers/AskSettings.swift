import CMistique
import Mistique

/// How a question is to be answered, checked.
struct AskSettings {
  let preference: QueryPlan.Preference
  let accuracy: Accuracy
  /// The largest error allowed; `nil` for any.
  let bound: Double?
  let callbacks: Callbacks

  init(_ options: UnsafePointer<mistique_ask_options>?) throws {
    guard let options = options?.pointee else {
      (preference, accuracy, bound, callbacks) = (.automatic, .stored, nil, Callbacks(nil))
      return
    }
    try Arguments.structSize(options.struct_size, of: mistique_ask_options.self, "options")
    switch Int(options.plan) {
    case MISTIQUE_PLAN_AUTOMATIC: preference = .automatic
    case MISTIQUE_PLAN_READ: preference = .read
    case MISTIQUE_PLAN_RERUN: preference = .rerun
    default: throw InterfaceError.invalid("\(options.plan)", at: "plan", remedy: "Use MISTIQUE_PLAN_AUTOMATIC, _READ or _RERUN.")
    }
    guard !options.bound.isNaN else {
      throw InterfaceError.invalid(
        "it is not a number", at: "bound", remedy: "Use the largest error allowed, or a negative number for any.")
    }
    bound = options.bound < 0 || options.bound == .infinity ? nil : options.bound
    switch Int(options.accuracy) {
    case _ where bound == 0: accuracy = .exact
    case MISTIQUE_STORED: accuracy = .stored
    case MISTIQUE_EXACT: accuracy = .exact
    case MISTIQUE_APPROXIMATE: accuracy = .approximate
    default: throw InterfaceError.invalid("\(options.accuracy)", at: "accuracy", remedy: "Use MISTIQUE_STORED, _EXACT or _APPROXIMATE.")
    }
    callbacks = Callbacks(options.callbacks)
  }
}
