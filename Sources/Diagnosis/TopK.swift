/// TOPK (paper section 5): the examples with the largest values, e.g. the ten images that most excite a neuron.
public enum TopK {
  /// Places of the `k` largest values, largest first; ties go to the earlier place, NaN is never among them.
  ///
  /// Fewer than `k` places when there are fewer numbers. Complexity: O(n log k).
  public static func largest(_ k: Int, of values: [Double]) -> [Int] {
    best(k, of: values.count, isCandidate: { !values[$0].isNaN }) { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
  }

  /// Places of the `k` smallest values, smallest first; otherwise as ``largest(_:of:)``.
  public static func smallest(_ k: Int, of values: [Double]) -> [Int] {
    best(k, of: values.count, isCandidate: { !values[$0].isNaN }) { values[$0] != values[$1] ? values[$0] < values[$1] : $0 < $1 }
  }

  /// As of numbers, for integers that a Double may not hold; `nil` is a missing value and never among them.
  public static func largest(_ k: Int, ofIntegers values: [Int64?]) -> [Int] {
    best(k, of: values.count, isCandidate: { values[$0] != nil }) { values[$0] != values[$1] ? values[$0]! > values[$1]! : $0 < $1 }
  }

  /// As of numbers, for integers that a Double may not hold; `nil` is a missing value and never among them.
  public static func smallest(_ k: Int, ofIntegers values: [Int64?]) -> [Int] {
    best(k, of: values.count, isCandidate: { values[$0] != nil }) { values[$0] != values[$1] ? values[$0]! < values[$1]! : $0 < $1 }
  }

  /// The first `k` candidates in the order of `isBefore`, which must be total.
  private static func best(_ k: Int, of count: Int, isCandidate: (Int) -> Bool, isBefore: (Int, Int) -> Bool) -> [Int] {
    guard k > 0 else { return [] }
    // A list in order costs k moves for each value that gets in; for large k sorting is faster.
    guard k <= 1_000 else { return Array((0..<count).filter(isCandidate).sorted(by: isBefore).prefix(k)) }
    // Kept in order; a value must beat the last one to get in.
    var best: [Int] = []
    for place in 0..<count where isCandidate(place) {
      if best.count == k, !isBefore(place, best[k - 1]) { continue }
      var (low, high) = (0, best.count)
      while low < high {
        let middle = (low + high) / 2
        if isBefore(best[middle], place) { low = middle + 1 } else { high = middle }
      }
      best.insert(place, at: low)
      if best.count > k { best.removeLast() }
    }
    return best
  }
}
