extension String {
  /// The text with some Unicode scalars replaced.
  ///
  /// For what is quoted for others to read, who read bytes: an apostrophe or a quote before a combining mark makes one Character with it, which a replacement of
  /// Characters does not find. Complexity: O(scalars).
  package func replacingScalars(_ replacements: [Unicode.Scalar: String]) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let other = replacements[scalar] { result.append(contentsOf: other.unicodeScalars) } else { result.append(scalar) }
    }
    return String(result)
  }
}
