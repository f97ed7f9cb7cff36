import Mistique

/// The types of columns, by their names. Names are compared byte for byte, so `é` as one scalar and as two are two names.
public struct CSVColumnTypes: Sendable, Equatable {
  private var types: [ColumnName: ColumnType] = [:]

  /// No types: every column is inferred.
  public init() {}

  /// The types of these columns. Of a name that comes twice the later type counts. Complexity: O(entries).
  public init(_ entries: some Sequence<(String, ColumnType)>) {
    for (name, type) in entries { types[ColumnName(name)] = type }
  }

  /// The number of columns that have a type.
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
  /// As ``init(_:)``, so that types can be written `["zip": .text, "price": .float64]`.
  public init(dictionaryLiteral entries: (String, ColumnType)...) { self.init(entries) }
}
