import Mistique

/// Columns that a stage left as they are although they may have been meant, and what to do about it.
///
/// Only what a stage decides by itself is noted: columns that its parameters name or leave out are not. Equal inputs and parameters give equal notes.
public struct ColumnNote: Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    /// A stage that works on numbers met texts that read as numbers.
    case readsAsNumbers
    /// `FillNA` met gaps in columns of a type that its strategy or its value does not serve.
    case keepsGaps(ColumnType)
  }

  /// In the order of the frame.
  public let columns: [String]
  public let reason: Reason

  public init(columns: [String], reason: Reason) {
    self.columns = columns
    self.reason = reason
  }
}
