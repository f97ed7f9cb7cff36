/// Texts of nested aliases.
public enum YAMLBomb {
  /// Sixty lines that expand to 2^60 nodes, also where they are the key of a mapping; the first anchor is `&a0`, in line 1.
  public static var text: String { text(lineBreak: "\n", keySign: "") }

  /// The same bomb with other line breaks, behind what looks like a comment to who knows only newlines, and as keys whose sign has no space after it.
  public static var disguised: [String] {
    ["\r", "\u{85}", "\u{2028}"].map { "# c" + $0 + text(lineBreak: $0, keySign: "") } + [
      "# c\r" + text(lineBreak: "\r", keySign: "") + "\r\n", text(lineBreak: "\n", keySign: "?"),
    ]
  }

  private static func text(lineBreak: String, keySign: String) -> String {
    var bomb = "a0: [\(keySign)&a0 [x, x]]" + lineBreak
    for level in 1..<60 { bomb += "a\(level): [\(keySign)&a\(level) [\(keySign)*a\(level - 1), \(keySign)*a\(level - 1)]]" + lineBreak }
    return bomb + "? *a59" + lineBreak + ": 1" + lineBreak
  }
}
