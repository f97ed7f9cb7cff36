/// Quantiles of a column, e.g. the median error over all homes.
public enum Quantiles {
  /// The quantiles of the finite values, for each share in 0...1, between two values in proportion, as NumPy's `quantile` does by default.
  ///
  /// - Returns: one number per share, in their order; NaN when there is no finite value.
  /// - Complexity: O(n log n).
  public static func of(_ values: [Double], shares: [Double]) -> [Double] {
    precondition(shares.allSatisfy { (0...1).contains($0) }, "a share outside 0...1")
    let sorted = values.filter(\.isFinite).sorted()
    guard let last = sorted.indices.last else { return shares.map { _ in .nan } }
    return shares.map { share in
      let place = share * Double(last)
      let below = min(Int(place), last)
      let (low, high, part) = (sorted[below], sorted[min(below + 1, last)], place - Double(below))
      let step = high - low
      // Two values may be further apart than float64 reaches.
      guard step.isFinite else { return low * (1 - part) + high * part }
      return part < 0.5 ? low + step * part : high - step * (1 - part)
    }
  }
}
