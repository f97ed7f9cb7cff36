import ArgumentParser

/// Paths as they are written on the command line: every argument and option that takes one is read by this.
enum GivenPath {
  /// - Throws: `ValidationError` for an empty one: it would be taken for the current folder.
  static func checked(_ text: String) throws -> String {
    guard !text.isEmpty else {
      throw ValidationError("The path is empty, as where a variable of the shell has no value. Give a path; . is the current folder.")
    }
    return text
  }
}
