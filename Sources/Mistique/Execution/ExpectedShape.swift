import MistiqueStorage

/// What a re-run must give again of an intermediate: all that its store knows of it.
struct ExpectedShape {
  let rows: Int
  let columns: Int
  /// Of what is stored, after pooling; `nil` for an intermediate that is not stored.
  var storedSchema: IntermediateSchema?
  var storedRowIDs: RowIDs?
  /// `nil` for a stored one, and in stores of before it was kept.
  var shape: LoggedShape?

  /// Whether an intermediate emitted with `schema`, stored as `pooled`, has the columns that were logged.
  func hasColumns(_ schema: IntermediateSchema, pooled: IntermediateSchema) -> Bool {
    if let storedSchema { return pooled == storedSchema }
    if let shape { return shape.hasColumns(of: schema) }
    return schema.columnCount == columns
  }

  /// Whether these are all the rows that were logged, in their order.
  func hasRows(_ rowIDs: RowIDs) -> Bool {
    guard rowIDs.count == rows else { return false }
    if let storedRowIDs { return rowIDs == storedRowIDs }
    return shape?.hasRows(rowIDs) ?? true
  }
}
