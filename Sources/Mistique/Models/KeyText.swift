/// How the parts of a key are written: one with a dot, a backtick or nothing in it stands between backticks, a backtick in it twice.
enum KeyText {
  /// By scalars, not by what a reader takes for one character: a backtick with an accent on it is still a backtick.
  static func doubled(_ part: String) -> String {
    part.unicodeScalars.reduce(into: "") { $0 += $1 == "`" ? "``" : String($1) }
  }

  static func quoted(_ part: String) -> String {
    let needsQuotes = part.isEmpty || part.unicodeScalars.contains { $0 == "." || $0 == "`" }
    return needsQuotes ? "`" + doubled(part) + "`" : part
  }
}
