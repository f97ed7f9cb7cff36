import MistiqueStorage

/// A piece of an intermediate on its way out of the model.
public enum IntermediateRows {
  /// Rows of a layer: row-major, `schema.columnCount` values per row, valid during the call only.
  case maps(UnsafeBufferPointer<Float>, rowIDs: RowIDs, schema: IntermediateSchema, order: MapOrder = .channelMajor)
  /// A whole frame. `passedOn` names columns, by their number, that came from a column emitted before in the same run: unchanged, with rows picked,
  /// or with missing values filled. Under de-duplication they are stored as references, without being hashed or encoded. It must be true: what is
  /// read is what follows from it. What is not named is recognised by its hash.
  case frame(DataFrame, passedOn: [Int: PassedColumn] = [:])
}

/// A column that a stage passed on: where it came from.
public struct PassedColumn: Sendable {
  /// The intermediate that has it: emitted before in the same run, or not asked for because the store has it.
  public let intermediate: String
  /// Its number there.
  public let column: Int
  /// What the stage did to it.
  public let operation: ColumnOperation

  /// Column number `column` of `intermediate`, after `operation`.
  public init(intermediate: String, column: Int, operation: ColumnOperation = .unchanged) {
    self.intermediate = intermediate
    self.column = column
    self.operation = operation
  }
}

extension IntermediateRows {
  var schema: IntermediateSchema {
    switch self {
    case .maps(_, _, let schema, _): schema
    case .frame(let frame, _): frame.schema
    }
  }

  var rowIDs: RowIDs {
    switch self {
    case .maps(_, let ids, _, _): ids
    case .frame(let frame, _): frame.rowIDs
    }
  }

  /// Bytes of the values, text by its characters.
  var approximateBytes: Int {
    switch self {
    case .maps(let values, _, _, _): values.count * 4
    case .frame(let frame, _): frame.columns.reduce(0) { $0 + $1.approximateBytes }
    }
  }
}

extension Column {
  /// Bytes of the values, text by its characters.
  package var approximateBytes: Int {
    if case .text(let text) = values { return text.utf8.count + 4 * text.count }
    return count * (type.bytesPerValue ?? 0)
  }
}
