import Groundwork

/// Text and numbers as gnuplot reads them.
enum GnuplotText {
  /// A single-quoted string, in which nothing is replaced; line breaks become spaces, and apostrophes typographic ones, which end no string.
  ///
  /// By Unicode scalars: gnuplot reads bytes, and an apostrophe ends its string also where a combining mark follows it, which makes one Character of both.
  static func quoted(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in oneLine(text).unicodeScalars {
      let opens = result.last.map { $0 == " " || $0 == "(" } ?? true
      result.append(scalar != "'" ? scalar : opens ? "\u{2018}" : "\u{2019}")
    }
    return "'\(String(result))'"
  }

  /// The label of a tic: as `quoted`, with percent signs that gnuplot does not take for the format of a number.
  static func tic(_ text: String) -> String { quoted(text.replacingScalars(["%": "%%"])) }

  /// A double-quoted string in a data file, where a quote cannot be escaped.
  static func cell(_ text: String) -> String { "\"" + oneLine(text).replacingScalars(["\"": "'", "\\": "/"]) + "\"" }

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
