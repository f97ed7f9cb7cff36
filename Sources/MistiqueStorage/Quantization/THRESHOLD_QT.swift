extension Bins {
  /// THRESHOLD_QT's two bins: at most the sample's `quantile`, and above it.
  ///
  /// The quantile is interpolated linearly between the two nearest values in double, as `numpy.quantile` does, and rounded to the column's
  /// type. A side without a sample stands for the threshold, or for the next number above it. An empty sample has the threshold 0.
  ///
  /// - Parameter sorted: ascending and finite. Complexity: O(sample).
  static func threshold(sorted: [Scalar], quantile: Double) -> Bins {
    let threshold = sorted.isEmpty ? 0 : Scalar(interpolated(sorted, quantile)) + 0
    let distinct = DistinctValues(sorted: sorted)
    let split = distinct.values.firstIndex { $0 > threshold } ?? distinct.count
    return Bins(
      edges: [threshold.nextUp],
      representatives: [
        split > 0 ? distinct.mean(0..<split) : threshold,
        split < distinct.count ? distinct.mean(split..<distinct.count) : threshold.nextUp,
      ])
  }

  /// The quantile, in NumPy's order of operations, which rounds towards the nearer of the two values.
  private static func interpolated(_ sorted: [Scalar], _ quantile: Double) -> Double {
    let position = quantile * Double(sorted.count - 1)
    let place = min(Int(position), sorted.count - 1)
    let (below, above) = (Double(sorted[place]), Double(sorted[min(place + 1, sorted.count - 1)]))
    let part = position - Double(place)
    // Of two values so far apart that their difference is infinite.
    guard (above - below).isFinite else { return below * (1 - part) + above * part }
    return part >= 0.5 ? above - (above - below) * (1 - part) : below + (above - below) * part
  }
}
