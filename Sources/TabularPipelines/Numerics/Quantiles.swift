/// Quantiles of numbers without sorting all of them.
enum Quantiles {
  /// The quantiles of `values` at ascending `shares` (0...1), interpolated linearly between the two nearest values, as NumPy does.
  ///
  /// `values` must not be empty and must hold no NaN; they are rearranged. Complexity: O(values) expected per share, O(values log values) at
  /// worst.
  static func linear(_ shares: [Double], of values: inout [Double]) -> [Double] {
    precondition(!values.isEmpty, "no values have no quantile")
    return values.withUnsafeMutableBufferPointer { values in
      var start = 0
      return shares.map { share in
        let position = share * Double(values.count - 1)
        let place = min(Int(position), values.count - 1)
        // What is before `start` is no larger than all after it, by the shares before.
        partition(values, start: start, place: place)
        start = place
        let lower = values[place]
        let fraction = position - Double(place)
        guard fraction > 0 else { return lower }
        var upper = values[place + 1]
        for index in (place + 2)..<max(place + 2, values.count) where values[index] < upper { upper = values[index] }
        return lower + (upper - lower) * fraction
      }
    }
  }

  /// Moves to `place` the value that sorting from `start` on would put there, with none larger before it and none smaller after it.
  private static func partition(_ values: UnsafeMutableBufferPointer<Double>, start: Int, place: Int) {
    var (low, high) = (start, values.count - 1)
    // Pivots are not random, so there are orders that make bad ones; after this many the rest is sorted.
    var budget = 2 * (Int.bitWidth - values.count.leadingZeroBitCount)
    while high - low > 16, budget > 0 {
      budget -= 1
      let pivot = median(values[low], values[low + (high - low) / 2], values[high])
      var (left, right) = (low, high)
      // Hoare's scheme: values equal to the pivot are spread over both sides, so many equal ones do no harm.
      while left <= right {
        while values[left] < pivot { left += 1 }
        while values[right] > pivot { right -= 1 }
        guard left <= right else { break }
        values.swapAt(left, right)
        left += 1
        right -= 1
      }
      if place <= right {
        high = right
      } else if place >= left {
        low = left
      } else {
        return
      }
    }
    var rest = UnsafeMutableBufferPointer(rebasing: values[low...high])
    rest.sort()
  }

  private static func median(_ a: Double, _ b: Double, _ c: Double) -> Double { max(min(a, b), min(max(a, b), c)) }
}
