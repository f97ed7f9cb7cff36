/// Named columns of equal length and the ids of their rows: what a stage of a pipeline emits (paper section 2).
public struct DataFrame: Sendable {
  /// The id of each row.
  public let rowIDs: RowIDs
  /// The columns' names, in their order. No two have the same bytes.
  public let names: [String]
  /// The columns, each with one value per row.
  public let columns: [Column]

  /// A frame of `columns`, in this order. Every column must have a row for each row id, and names must differ in their bytes.
  public init(rowIDs: RowIDs, columns: [(name: String, column: Column)]) {
    precondition(columns.allSatisfy { $0.column.count == rowIDs.count }, "every column of a frame needs a value for each row id")
    names = columns.map(\.name)
    precondition(names.firstRepeatedName == nil, "the columns of a frame need different names")
    self.columns = columns.map(\.column)
    self.rowIDs = rowIDs
  }

  /// Rows of every column.
  public var rowCount: Int { rowIDs.count }

  /// The column whose name has these bytes; `nil` if there is none. Complexity: O(columns).
  public subscript(name: String) -> Column? {
    names.firstIndex { $0.utf8.elementsEqual(name.utf8) }.map { columns[$0] }
  }

  /// Rows `range`, all columns. Complexity: O(range x columns).
  package func slice(_ range: Range<Int>) -> DataFrame {
    DataFrame(rowIDs: rowIDs.slice(range), columns: zip(names, columns).map { ($0, $1.slice(range)) })
  }

  /// The rows at `rows`, in that order; none may come twice, as row ids are unique. Complexity: O(rows x columns).
  package func gather(_ rows: [Int]) -> DataFrame {
    DataFrame(rowIDs: rowIDs.gather(rows), columns: zip(names, columns).map { ($0, $1.gather(rows)) })
  }
}
