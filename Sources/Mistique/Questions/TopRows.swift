import MistiqueStorage

/// What a row counts for when rows are ranked by several columns: neurons of a group, or places of a map.
public enum RowScore: String, Sendable, CaseIterable {
  /// The largest of its values.
  case maximum
  /// The mean of its values.
  case mean
  /// The sum of its values.
  case sum

  /// The score of a row, computed in double in the order of the columns; NaN for a row that holds NaN, and for one without values.
  func score(_ values: UnsafeBufferPointer<Float>) -> Double {
    guard !values.isEmpty else { return .nan }
    return switch self {
    case .maximum: Double(values.reduce(-.infinity) { $0 > $1 || $0.isNaN ? $0 : $1 })
    case .mean: values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    case .sum: values.reduce(0.0) { $0 + Double($1) }
    }
  }

  /// How far the score of values that err by at most `error` each may be from that of the exact ones.
  ///
  /// - Parameter largest: no value is larger in magnitude.
  func error(of error: Double, columns: Int, largest: Double) -> Double {
    // Both sums round, with each addition by at most half a unit in the last place of the largest sum there can be.
    let rounding = (largest + error) * Double(columns) * Double(columns) * 0x1p-51
    return switch self {
    case .maximum: error
    case .mean: error + rounding
    case .sum: error * Double(columns) + rounding
    }
  }
}

/// The rows that score highest, or lowest, and how little was read for it. Exact, unless the intermediate is stored quantized: then as its policy keeps it.
public struct TopRows: Sendable, Equatable {
  /// Best first; of equal scores the earlier row of the intermediate.
  public let rowIDs: [Int64]
  /// Their scores.
  public let scores: [Double]
  /// Rows that were searched.
  public let rows: Int
  /// Rows of which the exact values were needed: all of them where there is no base to search.
  public let candidates: Int
  /// How these were had.
  public let choice: QueryPlan.Choice
  /// What searching took: of a ladder, the base alone.
  public let searched: QueryCost
  /// What the exact values of the candidates took; nothing where the search gave them.
  public let refined: QueryCost
}
