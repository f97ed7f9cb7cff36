/// COL_DIST (paper section 5): how the values of a column are distributed, e.g. the error over all homes.
///
/// Any finite values will do, even when their range or their sum is beyond float64.
public struct Distribution: Sendable, Equatable {
  /// Values that are finite; every other number here is about them.
  public let count: Int
  /// Values that are NaN or infinite, which count as missing.
  public let missing: Int
  /// The smallest finite value.
  public let minimum: Double
  /// The largest finite value.
  public let maximum: Double
  /// The arithmetic mean of the finite values.
  public let mean: Double
  /// The standard deviation of the finite values, their squared distances from the mean divided by their number as NumPy's `std` does it; infinite when it
  /// is beyond float64.
  public let deviation: Double
  /// Values in `bins` equally wide bins from minimum to maximum, as NumPy's `histogram` counts them: a bin begins with its lower edge, and the
  /// last one includes the maximum. When all values are equal they are in the first.
  public let histogram: [Int]

  /// Where the bins of the histogram begin, and where the last one ends: one more than there are bins, as NumPy's `linspace` spaces them. Edges of a range
  /// that float64 cannot divide may be equal.
  public var edges: [Double] {
    let bins = histogram.count
    let range = maximum - minimum
    guard range.isFinite else {
      return (0...bins).map { minimum * (1 - Double($0) / Double(bins)) + maximum * (Double($0) / Double(bins)) }
    }
    return (0..<bins).map { minimum + Double($0) * (range / Double(bins)) } + [maximum]
  }

  /// `nil` when there is no finite value.
  ///
  /// - Precondition: `bins` is positive.
  /// - Complexity: O(n + bins).
  public init?(_ values: [Double], bins: Int = 50) {
    precondition(bins > 0, "a histogram needs a bin")
    let finite = values.filter(\.isFinite)
    guard let first = finite.first else { return nil }
    var (low, high) = (first, first)
    for value in finite {
      low = min(low, value)
      high = max(high, value)
    }
    (count, missing) = (finite.count, values.count - finite.count)
    // A rounded mean is never beyond the values.
    (minimum, maximum, mean) = (low, high, max(low, min(high, finite.stableMean)))
    deviation = finite.stableDeviation
    let edges = HistogramEdges(low, high, bins: bins)
    var counts = [Int](repeating: 0, count: bins)
    for value in finite { counts[edges.bin(of: value)] += 1 }
    histogram = counts
  }
}

/// The edges of equally wide bins, as NumPy's `linspace` rounds them.
///
/// Values are multiplied by a power of two where their range, or the width of a bin, would leave what float64 holds in full; and edges are taken
/// from the minimum where beside it they could not be told apart.
private struct HistogramEdges {
  private let scale: Double
  private let low: Double
  private let range: Double
  /// What is taken off a scaled value before it is compared with the edges.
  private let origin: Double
  private let edges: [Double]

  init(_ low: Double, _ high: Double, bins: Int) {
    let isWide = !(high - low).isFinite
    let isNarrow = (high - low) / Double(bins) < Double.leastNormalMagnitude * 0x1p52
    let scale = isWide ? 0x1p-2 : isNarrow ? 0x1p200 : 1
    let (start, end) = (low * scale, high * scale)
    let step = (end - start) / Double(bins)
    func edges(from origin: Double) -> [Double] { (0..<bins).map { Double($0) * step + origin } + [end - start + origin] }
    let absolute = edges(from: start)
    let areDistinct = zip(absolute, absolute.dropFirst()).allSatisfy { $0 < $1 }
    (self.scale, self.low, range) = (scale, start, end - start)
    (origin, self.edges) = areDistinct ? (0, absolute) : (start, edges(from: 0))
  }

  /// The bin of a value between the two ends.
  func bin(of value: Double) -> Int {
    let last = edges.count - 2
    guard range > 0 else { return 0 }
    let scaled = value * scale
    // In 0...1, so that the product is a bin or the number of bins.
    var bin = min(last, Int((scaled - low) / range * Double(last + 1)))
    // Rounding may have taken a value that is near an edge over it.
    if bin > 0, scaled - origin < edges[bin] { bin -= 1 }
    if bin < last, scaled - origin >= edges[bin + 1] { bin += 1 }
    return bin
  }
}
