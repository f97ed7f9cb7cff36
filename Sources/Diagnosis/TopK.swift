/// TOPK (paper section 5): the examples with the largest values, e.g. the ten images that most excite a neuron.
public enum TopK {
  /// Places of the `k` largest values, largest first; ties go to the earlier place, NaN is never among them.
  ///
  /// Fewer than `k` places when there are fewer numbers. Complexity: O(n log k).
  public static func largest(_ k: Int, of values: [Double]) -> [Int] {
    guard k > 0 else { return [] }
    func isBefore(_ a: Int, _ b: Int) -> Bool { values[a] != values[b] ? values[a] > values[b] : a < b }
    // Kept in order; a value must beat the last one to get in.
    var best: [Int] = []
    for place in values.indices where !values[place].isNaN {
      if best.count == k, !isBefore(place, best[k - 1]) { continue }
      var low = 0
      var high = best.count
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
