import Mistique

extension String {
  /// Whether both are the same bytes of UTF-8: how names of columns are compared, in the manner of `ColumnName`.
  func isExactly(_ other: String) -> Bool { utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8) }
}

extension [String] {
  /// The place of the first that is `name`, byte for byte. Complexity: O(names).
  func place(of name: String) -> Int? { firstIndex { $0.isExactly(name) } }
}
