import MistiqueStorage

/// Rows found by their value in one column.
public struct FoundRows: Sendable, Equatable {
  /// Rows whose value certainly lies in the range.
  public let rowIDs: RowIDs
  /// Rows of which what is stored cannot tell: the interval that their quantized value stands for overlaps the range and is not within it. Empty for
  /// values stored in full. Re-running these rows alone decides them.
  public let possibleRowIDs: RowIDs
  /// ColumnChunks of the column, and those that did not have to be read because of their smallest and largest values.
  public let chunks: Int
  /// Of `chunks`, those that were skipped.
  public let skippedChunks: Int
  /// Bytes read from partition files.
  public let bytesRead: Int
}
