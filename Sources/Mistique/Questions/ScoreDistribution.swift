/// How many rows score within each of several ranges, and how little was read for it. Exact, unless the intermediate is stored quantized: then as its policy
/// keeps it.
public struct ScoreDistribution: Sendable, Equatable {
  /// Rows of each bin: from its edge on, up to but without the next one; the last bin has both of its edges, as NumPy's histogram.
  public let counts: [Int]
  /// Rows that score less than the first edge.
  public let below: Int
  /// Rows that score more than the last edge.
  public let above: Int
  /// Rows that have no score: one of their values is NaN, or infinities of both signs are added.
  public let withoutScore: Int
  /// Rows of which the exact values were needed: all of them where there is no base to search.
  public let candidates: Int
  /// How these were had.
  public let choice: QueryPlan.Choice
  /// What searching took: of a ladder, the base alone.
  public let searched: QueryCost
  /// What the exact values of the candidates took; nothing where the search gave them.
  public let refined: QueryCost

  /// Rows that were searched, each once.
  public var rows: Int { counts.reduce(below + above + withoutScore, +) }
}

/// Bins between edges that ascend.
struct ScoreBins {
  let edges: [Double]

  /// - Throws: `StoreError` (`invalid`) for fewer than two edges, and for such as do not ascend.
  init(_ edges: [Double], at place: String) throws {
    guard edges.count > 1, edges.allSatisfy(\.isFinite), zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw StoreError(
        .invalid, "the edges of bins do not ascend", at: place, remedy: "Give two or more finite numbers, each above the last.")
    }
    self.edges = edges
  }

  /// The bin of a score, -1 below all and one more than the last above all. NaN is nowhere.
  func bin(_ score: Double) -> Int {
    if score == edges[edges.count - 1] { return edges.count - 2 }
    // The first edge above it.
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] > score { high = middle } else { low = middle + 1 }
    }
    return low - 1
  }
}
