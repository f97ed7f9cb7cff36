import Groundwork

/// Writes the small part of YAML that canonical specifications use.
enum YAMLText {
  /// The text in double quotes, with the escapes that YAML and JSON share. Escaped are the characters that YAML rejects (control characters) or
  /// changes (its line breaks), and those that would look like an anchor or an alias.
  static func quoted(_ text: String) -> String {
    var result = "\""
    var (beforeThat, before): (Unicode.Scalar, Unicode.Scalar) = ("\"", "\"")
    for scalar in text.unicodeScalars {
      defer { (beforeThat, before) = (before, scalar) }
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "&", "*": result += YAMLAnchor.mayStand(after: before, beforeThat) ? escaped(scalar) : String(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}": result += escaped(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Scalars below U+10000.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
