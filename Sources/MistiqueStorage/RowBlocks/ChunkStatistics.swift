import CStorageKernels

/// What is known of a chunk's values without reading them: enough to skip chunks that cannot hold what is asked for.
///
/// They are about the values before quantization, without the missing ones. `lowest` and `highest` are rounded outwards to float32, which takes 8
/// bytes per chunk and never excludes a value that is there.
package struct ChunkStatistics: Sendable, Hashable {
  /// Infinity and -infinity when there is no number: text, or nothing but NaN and gaps.
  package let lowest: Float
  package let highest: Float
  package let missing: Int
  package let hasNaN: Bool

  package init(lowest: Float, highest: Float, missing: Int, hasNaN: Bool) {
    self.lowest = lowest
    self.highest = highest
    self.missing = missing
    self.hasNaN = hasNaN
  }

  /// Statistics of plain float32 values, none missing.
  init(float32 values: BufferSlice) {
    var (low, high, hasNaN): (Float, Float, Int32) = (.infinity, -.infinity, 0)
    values.withBytes { bytes in
      mistique_floats_extrema32(bytes.baseAddress?.assumingMemoryBound(to: Float.self), bytes.count / 4, &low, &high, &hasNaN)
    }
    self.init(lowest: low, highest: high, missing: 0, hasNaN: hasNaN != 0)
  }

  /// Statistics of rows `rows` of a column. Complexity: O(rows).
  package init(_ column: Column, rows: Range<Int>) {
    let missing = column.validity.map { $0.slice(rows).missingCount } ?? 0
    var (low, high, hasNaN) = (Double.infinity, -Double.infinity, false)
    func look<Value>(_ values: [Value], _ number: (Value) -> Double) {
      for row in rows where missing == 0 || column.isPresent(row) {
        let value = number(values[row])
        low = value < low ? value : low
        high = value > high ? value : high
        hasNaN = hasNaN || value.isNaN
      }
    }
    switch column.values {
    case .float32(let values): look(values) { Double($0) }
    case .float64(let values): look(values) { $0 }
    case .int64(let values): look(values) { Double($0) }
    case .boolean(let values): look(values) { $0 ? 1 : 0 }
    case .date(let values): look(values) { Double($0) }
    case .timestamp(let values): look(values) { Double($0) }
    case .text: break
    }
    // An integer beyond 2^53 is rounded to the nearest Double first: one step further out makes up for it.
    let isExact = low > high || (column.type != .int64 && column.type != .timestamp)
    self.init(
      lowest: Self.rounded(isExact ? low : low.nextDown, down: true), highest: Self.rounded(isExact ? high : high.nextUp, down: false),
      missing: missing, hasNaN: hasNaN)
  }

  static func rounded(_ value: Double, down: Bool) -> Float {
    let near = Float(value)
    if down { return Double(near) > value ? near.nextDown : near }
    return Double(near) < value ? near.nextUp : near
  }

  /// Whether a value in `range` may be among them.
  package func mayHold(_ range: ClosedRange<Double>) -> Bool {
    Double(lowest) <= range.upperBound && Double(highest) >= range.lowerBound
  }
}
