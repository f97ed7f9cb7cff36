/// Texts of nested aliases.
public enum YAMLBomb {
  /// Sixty lines that expand to 2^60 nodes, also where they are the key of a mapping; the first anchor is `&a0`, in line 1.
  public static var text: String {
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1..<60 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    return bomb + "? *a59\n: 1\n"
  }
}
