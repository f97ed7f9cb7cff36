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

  /// What was computed of the candidates, in their order, in which ties go as when everything is read: a re-run may emit them in another.
  ///
  /// - Parameter ids: of the scores; all of them are candidates.
  package func inOrder(_ scores: [Double], of ids: RowIDs) -> [Double] {
    let places = Dictionary(zip(rowIDs, rowIDs.indices), uniquingKeysWith: { first, _ in first })
    var ordered = [Double](repeating: .nan, count: rowIDs.count)
    for (place, score) in scores.enumerated() { ordered[places[ids[place]]!] = score }
    return ordered
  }
}
