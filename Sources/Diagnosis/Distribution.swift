/// COL_DIST (paper section 5): how the values of a column are distributed, e.g. the error over all homes.
public struct Distribution: Sendable, Equatable {
  public let count: Int
  /// Values that are missing or NaN; they are in no other number.
  public let missing: Int
  public let minimum: Double
  public let maximum: Double
  public let mean: Double
  /// Values in `bins` equally wide bins from minimum to maximum; the last bin includes the maximum, as NumPy's `histogram` has it.
  public let histogram: [Int]

  /// `nil` when no finite value is there. Infinities count as missing. Complexity: O(n).
  public init?(_ values: [Double], bins: Int = 50) {
    precondition(bins > 0, "a histogram needs a bin")
    let finite = values.filter(\.isFinite)
    guard let first = finite.first else { return nil }
    var (low, high, sum) = (first, first, 0.0)
    for value in finite {
      low = min(low, value)
      high = max(high, value)
      sum += value
    }
    var counts = [Int](repeating: 0, count: bins)
    let width = (high - low) / Double(bins)
    for value in finite {
      let bin = width > 0 ? Int((value - low) / width) : 0
      counts[min(bins - 1, bin)] += 1
    }
    (count, missing) = (finite.count, values.count - finite.count)
    (minimum, maximum, mean, histogram) = (low, high, sum / Double(finite.count), counts)
  }
}
