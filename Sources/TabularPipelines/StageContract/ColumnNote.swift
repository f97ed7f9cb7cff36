import Mistique

/// Columns that a stage left as they are although the user may have meant them.
///
/// Notes are about what a stage decides by itself: columns that its parameters name or leave out are not noted. Equal inputs and parameters give
/// equal notes.
public struct ColumnNote: Sendable, Hashable {
  /// Why the stage left the columns as they are.
  public enum Reason: Sendable, Hashable {
    /// A stage that works on numbers met texts that read as numbers.
    case readsAsNumbers
    /// `FillNA` met gaps in columns of a type that its strategy or its value does not serve.
    case keepsGaps(ColumnType)
  }

  /// The names of the columns, in the order of the frame.
  public let columns: [String]
  /// Why they were left.
  public let reason: Reason

  init(columns: [String], reason: Reason) {
    self.columns = columns
    self.reason = reason
  }
}
