extension Sequence<Double> {
  /// The mean; that of finite values is finite, even when their sum is not. NaN of none.
  var stableMean: Double {
    var (sum, count) = (0.0, 0)
    for value in self {
      sum += value
      count += 1
    }
    guard !sum.isFinite else { return sum / Double(count) }
    // Smaller by a power of two: exact but for what no longer counts beside values whose sum is infinite.
    let small = reduce(0.0) { $0 + $1 * 0x1p-64 }
    return small / Double(count) * 0x1p64
  }

  /// The root of the mean squared distance from `mean`, without squares that overflow or vanish. NaN of none.
  func deviation(from mean: Double) -> Double {
    var (sum, count, largest) = (0.0, 0, 0.0)
    for value in self {
      let distance = value - mean
      sum += distance * distance
      largest = Swift.max(largest, abs(distance))
      count += 1
    }
    guard count > 0, largest > 0 else { return count > 0 ? 0 : .nan }
    guard !sum.isFinite || sum < 0x1p-900 else { return (sum / Double(count)).squareRoot() }
    guard largest.isFinite else {
      // Two values further apart than float64 reaches, in halves.
      let halves = reduce(0.0) { Swift.max($0, abs($1 / 2 - mean / 2)) }
      let squares = reduce(0.0) { $0 + (($1 / 2 - mean / 2) / halves) * (($1 / 2 - mean / 2) / halves) }
      return 2 * (halves * (squares / Double(count)).squareRoot())
    }
    let squares = reduce(0.0) { $0 + (($1 - mean) / largest) * (($1 - mean) / largest) }
    return largest * (squares / Double(count)).squareRoot()
  }
}
