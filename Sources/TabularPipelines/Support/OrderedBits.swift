/// Floating-point numbers as integers in the same order, and the selection of a rank among them.
enum OrderedBits {
  /// An integer that is smaller exactly when the number is; 0 and -0 are one number and one integer. NaN has no place in the order.
  @inline(__always)
  static func integer(_ value: Double) -> Int64 {
    // Adding 0 turns -0 into 0 and keeps every other number.
    let bits = Int64(bitPattern: (value + 0).bitPattern)
    return bits ^ ((bits >> 63) & Int64.max)
  }

  /// The number that `integer` was made of; bits that no number has give a NaN.
  @inline(__always)
  static func double(_ integer: Int64) -> Double { Double(bitPattern: UInt64(bitPattern: integer ^ ((integer >> 63) & Int64.max))) }

  /// The value that would stand at place `rank`, from 0, if `values` were in ascending order.
  ///
  /// Counts the values by their 16 highest bits, keeps those that share the bits of the wanted one, and goes on with the next 16 bits.
  /// Complexity: O(values), four passes at most; a copy of the kept values in memory.
  static func select(_ rank: Int, in values: [Int64]) -> Int64 {
    precondition(values.indices.contains(rank), "a rank must be that of a value")
    var rank = rank
    var candidates = values
    var counts = [Int](repeating: 0, count: 1 << 16)
    for shift in [48, 32, 16, 0] as [Int64] {
      for bin in counts.indices { counts[bin] = 0 }
      for value in candidates { counts[digit(value, shift)] += 1 }
      var bin = 0
      while rank >= counts[bin] {
        rank -= counts[bin]
        bin += 1
      }
      if counts[bin] < candidates.count { candidates = candidates.filter { digit($0, shift) == bin } }
      if candidates.count == 1 { break }
    }
    return candidates[0]
  }

  /// 16 bits of the value, the sign turned so that negative values come first.
  @inline(__always)
  private static func digit(_ value: Int64, _ shift: Int64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: value ^ Int64.min) >> UInt64(shift)) & 0xFFFF)
  }
}
