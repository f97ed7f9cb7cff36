/// A text that is equal to another when all of its bytes are: how names of columns are compared, in frames, stages and keys.
///
/// Swift's own `==` takes canonically equivalent texts for one: `é` as one scalar and `é` as an `e` and an accent. In a file they are two names.
/// Complexity: O(bytes) to compare and to hash.
package struct ExactText: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (a: ExactText, b: ExactText) -> Bool { a.text.isExactly(b.text) }

  /// Equal bytes are equivalent texts too, so the text's own hash serves.
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
  /// Whether both are the same bytes of UTF-8.
  package func isExactly(_ other: String) -> Bool { utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8) }
}

extension Sequence where Element == String {
  /// The first that was there before, byte for byte; `nil` when all differ.
  package var firstRepeated: String? {
    var seen = Set<ExactText>()
    return first { !seen.insert(ExactText($0)).inserted }
  }
}

extension Collection where Element == String {
  /// The place of the first that is `name`, byte for byte. Complexity: O(names).
  package func place(of name: String) -> Index? { firstIndex { $0.isExactly(name) } }
}
