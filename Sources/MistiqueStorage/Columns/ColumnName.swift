/// The name of a column as what it is compared by: its UTF-8 bytes.
///
/// Swift compares strings by canonical equivalence, in which `é` as one scalar and as two are equal. Files, catalogues and other programs compare
/// bytes; columns whose names differ in bytes are different columns. So names are keys of sets and dictionaries only in this form.
package struct ColumnName: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (a: ColumnName, b: ColumnName) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  package func hash(into hasher: inout Hasher) {
    // Nearly every string holds its bytes in one piece.
    if text.utf8.withContiguousStorageIfAvailable({ hasher.combine(bytes: UnsafeRawBufferPointer($0)) }) == nil {
      for byte in text.utf8 { hasher.combine(byte) }
    }
  }
}

extension ColumnName: Comparable {
  /// In the order of the bytes, which is that of the scalars.
  package static func < (a: ColumnName, b: ColumnName) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}

extension Sequence<String> {
  /// The first name that stood before already, byte for byte. Complexity: O(names).
  package var firstRepeatedName: String? {
    var seen = Set<ColumnName>()
    return first { !seen.insert(ColumnName($0)).inserted }
  }
}
