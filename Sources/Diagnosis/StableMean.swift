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
}
