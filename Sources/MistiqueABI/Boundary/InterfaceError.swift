import CMistique

/// A failure of the interface itself: an argument, a handle, a callback. What the engine throws keeps its own error.
struct InterfaceError: Error {
  /// One of the header's codes.
  let code: Int32
  let what: String
  /// The argument, handle or layer it happened to.
  let place: String
  let remedy: String
  var cause = ""

  static func invalid(_ what: String, at place: String, remedy: String) -> InterfaceError {
    InterfaceError(code: Int32(MISTIQUE_INVALID), what: what, place: place, remedy: remedy)
  }

  static func missing(_ argument: String) -> InterfaceError {
    invalid("it is NULL", at: argument, remedy: "Pass a pointer to it.")
  }

  static func busy(_ what: String, at place: String, remedy: String) -> InterfaceError {
    InterfaceError(code: Int32(MISTIQUE_BUSY), what: what, place: place, remedy: remedy)
  }
}
