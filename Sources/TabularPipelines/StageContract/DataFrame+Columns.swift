import Mistique

/// How stages find columns by their names, which are compared byte for byte.
extension DataFrame {
  /// The columns by the bytes of their names. Complexity: O(columns).
  var columnsByName: [ColumnName: Column] { Dictionary(uniqueKeysWithValues: zip(names.map(ColumnName.init), columns)) }

  /// Throws `TransformerError` unless all of these columns exist and none is named twice.
  func require(_ wanted: [String]) throws {
    let known = Set(names.map(ColumnName.init))
    let missing = wanted.filter { !known.contains(ColumnName($0)) }
    guard missing.isEmpty else { throw TransformerError.missingColumns(missing, available: names) }
    if let name = wanted.firstRepeatedName { throw TransformerError.duplicateColumn(name) }
  }

  /// The frame with `added` after its own columns, which are shared. Throws `TransformerError.duplicateColumn` for a name that is taken.
  func appending(_ added: [(name: String, column: Column)]) throws -> DataFrame {
    if let name = (names + added.map(\.name)).firstRepeatedName { throw TransformerError.duplicateColumn(name) }
    return DataFrame(rowIDs: rowIDs, columns: zip(names, columns).map { (name: $0, column: $1) } + added)
  }

  /// The column. Throws `TransformerError.missingColumns`, which lists the existing ones.
  func requiredColumn(_ name: String) throws -> Column {
    guard let column = self[name] else { throw TransformerError.missingColumns([name], available: names) }
    return column
  }
}
