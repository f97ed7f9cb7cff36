/// Text and numbers as gnuplot reads them.
enum GnuplotText {
  /// A single-quoted string: no escapes, no command substitution; line breaks become spaces.
  static func quoted(_ text: String) -> String {
    "'" + oneLine(text).replacing("'", with: "''") + "'"
  }

  /// A double-quoted string in a data file, where a quote cannot be escaped.
  static func cell(_ text: String) -> String {
    "\"" + oneLine(text).replacing("\"", with: "'").replacing("\\", with: "/") + "\""
  }

  /// A comment, kept to its line.
  static func comment(_ text: String) -> String { "# " + oneLine(text) + "\n" }

  static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  /// A screen coordinate, or any number that needs no more than four places.
  static func short(_ value: Double) -> String {
    let scaled = (value * 10_000).rounded() / 10_000
    return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int64(scaled))" : "\(scaled)"
  }
}
