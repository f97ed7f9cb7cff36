extension Sequence<Double> {
  /// The mean; that of finite values is finite, even when their sum is not. NaN of none.
  ///
  /// Differences from the first value are added: a running sum of large numbers that are nearly equal loses what they differ by.
  var stableMean: Double {
    let (first, mean, count) = fromFirst
    guard count > 0 else { return .nan }
    guard !mean.isFinite else { return first + mean }
    // Smaller by a power of two: exact but for what no longer counts beside values whose sum is infinite.
    let small = reduce(0.0) { $0 + $1 * 0x1p-64 }
    return small / Double(count) * 0x1p64
  }

  /// The root of the mean squared distance from the mean, without squares that overflow or vanish. NaN of none.
  var stableDeviation: Double {
    let (first, mean, count) = fromFirst
    guard count > 0 else { return .nan }
    // The mean stays a difference from the first value: beside large values it would be rounded.
    if mean.isFinite, let root = rootMeanSquare(of: { ($0 - first) - mean }) { return root }
    let rounded = stableMean
    if let root = rootMeanSquare(of: { $0 - rounded }) { return root }
    // Two values further apart than float64 reaches, in halves.
    return 2 * (rootMeanSquare { $0 / 2 - rounded / 2 } ?? .nan)
  }

  /// The mean of the differences from the first value, which is not finite where they, or their sum, are beyond float64.
  private var fromFirst: (first: Double, mean: Double, count: Int) {
    var (first, sum, count) = (0.0, 0.0, 0)
    for value in self {
      if count == 0 { first = value }
      sum += value - first
      count += 1
    }
    return (first, count > 0 ? sum / Double(count) : 0, count)
  }

  /// `nil` where a distance is not finite.
  private func rootMeanSquare(of distance: (Double) -> Double) -> Double? {
    var (sum, count, largest) = (0.0, 0, 0.0)
    for value in self {
      let distance = distance(value)
      guard distance.isFinite else { return nil }
      sum += distance * distance
      largest = Swift.max(largest, abs(distance))
      count += 1
    }
    guard largest > 0 else { return 0 }
    guard !sum.isFinite || sum < 0x1p-900 else { return (sum / Double(count)).squareRoot() }
    let squares = reduce(0.0) { $0 + (distance($1) / largest) * (distance($1) / largest) }
    return largest * (squares / Double(count)).squareRoot()
  }
}
