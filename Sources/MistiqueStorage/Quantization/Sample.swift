/// The values that a codebook is fitted to.
///
/// At most 2^18 for a codebook: with them the share of a bin of 1/256 is known to about 3 %. Taken at a fixed stride, so that the same
/// rows give the same codebook.
enum Sample {
  static let largestCount = 1 << 18

  /// The finite values among columns `columns` of `values`, row-major rows x `rowStride`, at most `largestCount` places looked at.
  ///
  /// Without a common divisor of the stride and the number of columns every column is met equally often; else a stride of 16 in maps 32
  /// wide would see two columns of every map, one of them the border.
  static func finite<Scalar: OrderedFloat>(
    _ values: UnsafePointer<Scalar>, rows: Int, rowStride: Int, columns: Range<Int>
  ) -> [Scalar] {
    let count = rows * columns.count
    var step = max(1, (count + largestCount - 1) / largestCount)
    while greatestCommonDivisor(step, columns.count) > 1 { step += 1 }
    var sample: [Scalar] = []
    sample.reserveCapacity(count / step + 1)
    for place in stride(from: 0, to: count, by: step) {
      let value = values[place / columns.count * rowStride + columns.lowerBound + place % columns.count]
      if value.isFinite { sample.append(value) }
    }
    return sample
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
}
