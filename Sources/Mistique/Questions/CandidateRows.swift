import MistiqueStorage

/// Rows that may be in an answer, found by reading little: everything else certainly is not.
public struct CandidateRows: Sendable, Equatable {
  /// In the order of the intermediate.
  public let rowIDs: [Int64]
  /// Rows that were searched.
  public let rows: Int
  /// Of these, rows that have no score, because they hold NaN: never among the best, and never among the candidates.
  public let withoutScore: Int
  /// What searching took.
  public let cost: QueryCost
  /// Of the model that was searched: another process may store another one under its name before the candidates are fetched.
  package let receipt: ReceiptMark?
}
