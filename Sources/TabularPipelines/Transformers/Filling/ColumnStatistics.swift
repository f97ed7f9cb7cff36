import Mistique

/// Fill values for the gaps of a column, computed from its finite present values.
struct ColumnStatistics {
  let column: Column

  /// The arithmetic mean, of a column of numbers; `nil` when it has no finite value.
  ///
  /// Floating-point numbers are added in the order of the rows, in Double. int64 is added exactly; a mean that is no whole number widens the
  /// column.
  var mean: FillValue? {
    switch column.values {
    case .float64(let values): return mean(values).map { .float64($0) }
    case .float32(let values): return mean(values).map { .float32(Float($0)) }
    case .int64(let values): return mean(values)
    case .boolean, .date, .timestamp, .text: preconditionFailure("the mean of a column of type \(column.type)")
    }
  }

  /// The value in the middle of the sorted ones, or the mean of the two in the middle, of a column of numbers; int64 as in `mean`.
  var median: FillValue? {
    switch column.values {
    case .float64(let values):
      return middle(values.lazy.map { OrderedBits.integer($0) }, values.map(\.isFinite)).map { .float64(Self.half($0, $1)) }
    case .float32(let values):
      return middle(values.lazy.map { OrderedBits.integer(Double($0)) }, values.map(\.isFinite)).map { .float32(Float(Self.half($0, $1))) }
    case .int64(let values):
      guard let (low, high) = middle(values, nil) else { return nil }
      // The mean of the two, without their sum, which may not fit.
      let floor = (low & high) + ((low ^ high) >> 1)
      guard (low ^ high) & 1 == 1 else { return .int64(floor) }
      let (sum, overflows) = low.addingReportingOverflow(high)
      return .widening(overflows ? Double(low) / 2 + Double(high) / 2 : Double(sum) / 2)
    case .boolean, .date, .timestamp, .text: preconditionFailure("the median of a column of type \(column.type)")
    }
  }

  /// The most frequent value; of values that are equally frequent, the smallest.
  var mostFrequent: FillValue? {
    var table = KeyTable(type: column.type)
    let numbers = table.insert(column)
    var counts = [Int](repeating: 0, count: table.count)
    for number in numbers where number >= 0 { counts[Int(number)] += 1 }
    let values = table.ascendingNumbers.filter { Self.isFinite(FillValue(table, $0)) }
    // `max(by:)` returns the first of equals, which is the smallest.
    return values.max { counts[$0] < counts[$1] }.map { FillValue(table, $0) }
  }

  private static func isFinite(_ value: FillValue) -> Bool {
    switch value {
    case .float64(let value): value.isFinite
    case .float32(let value): value.isFinite
    case .int64, .widening, .boolean, .date, .timestamp, .text: true
    }
  }

  @inline(__always)
  private func mean<Value: BinaryFloatingPoint>(_ values: [Value]) -> Double? {
    var sum = 0.0
    var count = 0
    for row in values.indices where values[row].isFinite && column.isPresent(row) {
      sum += Double(values[row])
      count += 1
    }
    guard count > 0 else { return nil }
    if sum.isFinite { return sum / Double(count) }
    // The sum of huge values does not fit: every value is divided first, at the cost of one more rounding each.
    sum = 0
    for row in values.indices where values[row].isFinite && column.isPresent(row) { sum += Double(values[row]) / Double(count) }
    return Swift.min(Swift.max(sum, -Double.greatestFiniteMagnitude), Double.greatestFiniteMagnitude)
  }

  private func mean(_ values: [Int64]) -> FillValue? {
    // The upper and the lower 32 bits are summed apart, so that neither sum can overflow for fewer than 2^31 rows.
    var high: Int64 = 0
    var low: UInt64 = 0
    for value in values {
      high += value >> 32
      low += UInt64(value & 0xFFFF_FFFF)
    }
    // Missing values hold 0 and add nothing.
    let count = Int64(values.count - column.missingCount)
    guard count > 0 else { return nil }
    var quotient = high / count
    var remainder = high % count
    if remainder < 0 {
      quotient -= 1
      remainder += count
    }
    let (rest, last) = ((UInt64(remainder) << 32) + low).quotientAndRemainder(dividingBy: UInt64(count))
    let floor = (quotient << 32) + Int64(rest)
    guard last > 0 else { return .int64(floor) }
    // One rounding where the sum is a float64, as in pandas.
    let (shifted, overflows) = high.multipliedReportingOverflow(by: 1 << 32)
    if !overflows, let low = Int64(exactly: low) {
      let (sum, overflows) = shifted.addingReportingOverflow(low)
      if !overflows, sum.magnitude <= 1 << 53 { return .widening(Double(sum) / Double(count)) }
    }
    return .widening(Double(floor) + Double(last) / Double(count))
  }

  /// The two values in the middle (the same one twice when their count is odd); `nil` when no value counts.
  private func middle(_ values: some Collection<Int64>, _ counts: [Bool]?) -> (Int64, Int64)? {
    var kept: [Int64] = []
    kept.reserveCapacity(values.count)
    for (row, value) in values.enumerated() where counts?[row] ?? true && column.isPresent(row) { kept.append(value) }
    guard !kept.isEmpty else { return nil }
    let low = OrderedBits.select((kept.count - 1) / 2, in: kept)
    return (low, kept.count % 2 == 1 ? low : OrderedBits.select(kept.count / 2, in: kept))
  }

  private static func half(_ low: Int64, _ high: Int64) -> Double {
    let (low, high) = (OrderedBits.double(low), OrderedBits.double(high))
    let sum = low + high
    return sum.isFinite ? sum / 2 : low / 2 + high / 2
  }
}
