import Mistique

/// What a user should know of columns beside a stage's output: that they were left as they are, or that a model of them did not converge.
///
/// Notes are about what a stage decides by itself: columns that its parameters name or leave out are not noted. Equal inputs and parameters give
/// equal notes.
public struct ColumnNote: Sendable, Hashable {
  /// What there is to say of the columns.
  public enum Reason: Sendable, Hashable {
    /// A stage that works on numbers met texts that read as numbers.
    case readsAsNumbers
    /// `FillNA` met gaps in columns of a type that its strategy or its value does not serve.
    case keepsGaps(ColumnType)
    /// A learner stopped after so many sweeps before it was as near to the best fit as its tolerance asks. The column is its target.
    case notConverged(sweeps: Int)
    /// A split of so many rows has a share of test rows that chance does not explain. It is about no column.
    case unevenSplit(test: Int, rows: Int, fraction: Double)
  }

  /// The names of the columns, in the order of the frame.
  public let columns: [String]
  /// What there is to say.
  public let reason: Reason

  init(columns: [String], reason: Reason) {
    self.columns = columns
    self.reason = reason
  }
}
