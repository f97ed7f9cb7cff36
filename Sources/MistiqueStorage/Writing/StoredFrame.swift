/// A frame whose columns are stored, as a value: later frames may refer to its columns, and it is finished once the model has run.
package struct StoredFrame: Sendable {
  package let schema: IntermediateSchema
  package let rowIDs: RowIDs
  let scheme: QuantizationScheme
  let rowsPerBlock: Int
  /// In the order of the schema.
  let columns: [StoredColumn]

  package var rows: Int { rowIDs.count }

  /// The type of one of its columns.
  func type(of column: Int) -> ColumnType {
    guard case .columns(let descriptors) = schema else { preconditionFailure("a frame has named columns") }
    return descriptors[column].type
  }

  /// Whether `operation` can have been done to one of its columns: a picked row is there, a constant is one present value of the column's type.
  package func fits(_ operation: ColumnOperation, column: Int) -> Bool {
    switch operation {
    case .unchanged: true
    case .rows(let list): list.bounds.map { $0.lowerBound >= -1 && $0.upperBound < rows } ?? true
    case .filled(let constant): constant.count == 1 && constant.validity == nil && constant.type == type(of: column)
    }
  }
}

/// Where a column came from: a column of a frame that was stored, and what a stage did to it.
package struct PassedOn {
  package let source: StoredFrame
  package let column: Int
  package let operation: ColumnOperation

  package init(source: StoredFrame, column: Int, operation: ColumnOperation) {
    self.source = source
    self.column = column
    self.operation = operation
  }
}

/// What became of one column of a frame.
struct StoredColumn: Sendable {
  let content: ColumnContent<StoredSpan>
  /// What its codes stand for; `nil` when it is stored as it is.
  var quantizing: Quantizing?
  /// Bytes of its chunks as they were handed in, and as they were stored: for whoever passes the column on. `nil` where only its values tell, in a frame
  /// of an earlier commit.
  let logicalBytes: Int?
  let storedBytes: Int?
  /// Bytes of its chunks that were not stored before.
  var newBytes = 0

  /// What a column that is made from it follows from; `nil` when as many operations as are written lead to it already.
  var derivation: Derivation<StoredSpan>? {
    switch content {
    case .stored(let span): Derivation(source: span, operations: [])
    case .derived(let derived): derived.operations.count < Derivation<StoredSpan>.mostOperations ? derived : nil
    }
  }
}
