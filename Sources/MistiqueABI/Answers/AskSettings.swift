import CMistique
import Mistique

/// How a question is to be answered, checked.
struct AskSettings {
  let preference: QueryPlan.Preference
  let accuracy: Accuracy
  /// The largest error allowed; `nil` for any.
  let bound: Double?
  let callbacks: Callbacks

  init(_ given: UnsafePointer<mistique_ask_options>?) throws {
    guard let given else {
      (preference, accuracy, bound, callbacks) = (.automatic, .stored, nil, Callbacks(nil))
      return
    }
    let options = try Arguments.grown(
      given, size: given.pointee.struct_size, first: MemoryLayout<mistique_ask_options>.offset(of: \.within)!,
      zero: mistique_ask_options(), "options")
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
    if let text = options.within {
      guard bound == nil, Int(options.accuracy) == MISTIQUE_STORED else {
        throw InterfaceError.invalid("it is given with another accuracy or bound", at: "within", remedy: "Give one of them.")
      }
      guard let within = QuantizationScheme.ErrorBound(argument: String(cString: text)) else {
        throw InterfaceError.invalid(
          "\"\(String(cString: text))\" is no bound", at: "within", remedy: "Use a number above 0, or root mean squares: \"0.2rms\".")
      }
      (accuracy, callbacks) = (.within(within), Callbacks(options.callbacks))
      return
    }
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
