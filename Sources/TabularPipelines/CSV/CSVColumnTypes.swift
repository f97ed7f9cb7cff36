import Mistique

/// Types by the names of columns, which are compared byte for byte.
public struct CSVColumnTypes: Sendable, Equatable {
  private var types: [ColumnName: ColumnType] = [:]

  public init() {}

  /// A name that stands twice has the later type. Complexity: O(entries).
  public init(_ entries: some Sequence<(String, ColumnType)>) {
    for (name, type) in entries { types[ColumnName(name)] = type }
  }

  public var count: Int { types.count }

  /// The type of a column; `nil` for a column that is not named.
  public subscript(name: String) -> ColumnType? {
    get { types[ColumnName(name)] }
    set { types[ColumnName(name)] = newValue }
  }

  /// The entries in the order of the names' bytes.
  public var sorted: [(name: String, type: ColumnType)] {
    types.sorted { $0.key < $1.key }.map { (name: $0.key.text, type: $0.value) }
  }
}

extension CSVColumnTypes: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral entries: (String, ColumnType)...) { self.init(entries) }
}
