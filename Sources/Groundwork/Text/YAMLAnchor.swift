/// Anchors and aliases of a YAML text, found without parsing it: a few lines of nested aliases expand to more nodes than any memory holds, and a parser would
/// have followed them by the time it could say so.
package enum YAMLAnchor {
  /// The first `&name` or `*name` where a node may begin, and its line, from 1.
  ///
  /// What looks like one counts as one, even within quotes. Comments are skipped in lines where they cannot hide anything. Complexity: O(bytes).
  package static func first(in text: String) -> (line: Int, sign: String)? {
    for (place, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      // A parser ends a comment at each of YAML's line breaks.
      for part in line.split(whereSeparator: isBreak) {
        if let sign = sign(in: part) { return (place + 1, sign) }
      }
    }
    return nil
  }

  private static func sign(in line: Substring.UnicodeScalarView) -> String? {
    let mayHide = line.contains { $0 == "\"" || $0 == "'" }
    var (beforeThat, before): (Unicode.Scalar, Unicode.Scalar) = (" ", " ")
    for place in line.indices {
      let scalar = line[place]
      if scalar == "#", before == " " || before == "\t", !mayHide { return nil }
      if scalar == "&" || scalar == "*", mayStand(after: before, beforeThat) {
        let name = line[line.index(after: place)...].prefix(40).prefix(while: isNamePart)
        if !name.isEmpty { return String(scalar) + String(name) }
      }
      (beforeThat, before) = (before, scalar)
    }
    return nil
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }

  /// Whether `&` and `*` have a meaning after `before` and what stands before that: after a space, a line break, a bracket, a comma or a colon, and after a
  /// question mark that follows one of these, since within brackets that of a key needs no space after it.
  package static func mayStand(after before: Unicode.Scalar, _ beforeThat: Unicode.Scalar) -> Bool {
    mayStand(after: before) || before == "?" && mayStand(after: beforeThat)
  }

  private static func mayStand(after before: Unicode.Scalar) -> Bool {
    before.value <= 32 || isBreak(before) || before == "\u{FEFF}" || before == "[" || before == "{" || before == "," || before == ":"
  }

  /// The line breaks of YAML other than the newline.
  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }
}
