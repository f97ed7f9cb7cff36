import Mistique

/// How stages find columns by their names, which are compared byte for byte.
extension DataFrame {
  /// By the bytes of their names. Complexity: O(columns).
  var columnsByName: [ColumnName: Column] { Dictionary(uniqueKeysWithValues: zip(names.map(ColumnName.init), columns)) }

  /// All of them exist and none is named twice.
  func require(_ wanted: [String]) throws {
    let known = Set(names.map(ColumnName.init))
    let missing = wanted.filter { !known.contains(ColumnName($0)) }
    guard missing.isEmpty else { throw TransformerError.missingColumns(missing, available: names) }
    if let name = wanted.firstRepeatedName { throw TransformerError.duplicateColumn(name) }
  }

  /// The frame with `added` behind its own columns, which are shared. A name that is taken is `TransformerError.duplicateColumn`.
  func appending(_ added: [(name: String, column: Column)]) throws -> DataFrame {
    if let name = (names + added.map(\.name)).firstRepeatedName { throw TransformerError.duplicateColumn(name) }
    return DataFrame(rowIDs: rowIDs, columns: zip(names, columns).map { (name: $0, column: $1) } + added)
  }

  /// The column, or an error that lists those there are.
  func requiredColumn(_ name: String) throws -> Column {
    guard let column = self[name] else { throw TransformerError.missingColumns([name], available: names) }
    return column
  }
}
