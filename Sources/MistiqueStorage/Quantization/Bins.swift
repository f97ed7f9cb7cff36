/// The bins of one codebook: adjacent intervals that cover all numbers, and the value that stands for each.
///
/// Bin b holds the values that are at least `edges[b - 1]` and below `edges[b]`; the first has no lower edge, the last no upper one.
struct Bins<Scalar: OrderedFloat>: Equatable {
  /// Ascending, one fewer than there are bins.
  var edges: [Scalar]
  /// What a code is reconstructed as: the mean of the bin's sample, computed in double. It lies in its bin, so that quantizing a
  /// reconstructed value gives the code it came from.
  var representatives: [Scalar]
}

/// A stretch of a sorted sample's distinct values.
struct DistinctValues<Scalar: OrderedFloat> {
  private(set) var values: [Scalar] = []
  private(set) var counts: [Int] = []
  /// Values of the sample.
  let total: Int

  /// - Parameter sorted: ascending, finite.
  init(sorted: [Scalar]) {
    total = sorted.count
    for value in sorted {
      if value == values.last {
        counts[counts.count - 1] += 1
      } else {
        values.append(value)
        counts.append(1)
      }
    }
  }

  var count: Int { values.count }

  func mass(_ range: Range<Int>) -> Int { counts[range].reduce(0, +) }

  /// The mean of the values in `range`, each as often as it occurs; within them whatever the rounding.
  func mean(_ range: Range<Int>) -> Scalar {
    if range.count == 1 { return values[range.lowerBound] }
    let (least, most) = (values[range.lowerBound], values[range.upperBound - 1])
    let sum = range.reduce(0.0) { $0 + Double(values[$1]) * Double(counts[$1]) }
    let total = Double(mass(range))
    let mean = sum.isFinite ? sum / total : range.reduce(0.0) { $0 + Double(values[$1]) * (Double(counts[$1]) / total) }
    return min(max(Scalar(mean), least), most)
  }

  /// What a bin of the values in `range` is reconstructed as: the one that alone holds more than 1/`limit` of the sample, the heaviest if there are
  /// several, or else their mean.
  func representative(_ range: Range<Int>, limit: Int) -> Scalar {
    guard let heaviest = range.max(by: { counts[$0] < counts[$1] }), counts[heaviest] * limit > total else { return mean(range) }
    return values[heaviest]
  }
}
