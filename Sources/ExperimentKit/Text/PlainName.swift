/// Names of experiments and figures, which become names of folders and files.
enum PlainName {
  /// Whether `name` is made of lower-case letters, digits, `-` and `.`, and begins with a letter or digit.
  static func isOne(_ name: String) -> Bool {
    let plain = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 }
    guard plain, let first = name.utf8.first else { return false }
    return first != 45 && first != 46
  }
}
