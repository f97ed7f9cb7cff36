/// How a question names columns: `*` for all of them, else by name.
///
/// A column that is called `*` is asked for between backticks, as "`*`"; one that is called "`*`" itself gets a pair more, and so on.
package enum ColumnSelector {
  /// What asks for the column called `name` and for no other.
  package static func selector(of name: String) -> String { isStar(name) ? "`" + name + "`" : name }

  /// The name of the column that `selector` asks for; `nil` when it asks for all.
  package static func name(_ selector: String) -> String? {
    guard isStar(selector) else { return selector }
    return selector == "*" ? nil : String(selector.dropFirst().dropLast())
  }

  /// A star between pairs of backticks, or on its own.
  private static func isStar(_ text: String) -> Bool {
    let bytes = text.utf8
    let half = bytes.count / 2
    guard bytes.count % 2 == 1, bytes.dropFirst(half).first == UInt8(ascii: "*") else { return false }
    return bytes.prefix(half).allSatisfy { $0 == UInt8(ascii: "`") } && bytes.suffix(half).allSatisfy { $0 == UInt8(ascii: "`") }
  }
}
