import Mistique

extension Column {
  /// What the values are of: only like is subtracted from like.
  private enum Quantity {
    case number
    case time
    case text
  }

  private var quantity: Quantity {
    switch type {
    case .float32, .float64, .int64, .boolean: .number
    case .date, .timestamp: .time
    case .text: .text
    }
  }

  /// Numbers whose differences, row by row, are those of the two columns, and which are equal only where these are: NaN where a value is missing. `nil` for texts, and for
  /// times beside numbers.
  ///
  /// Integers, dates and timestamps that float64 may not hold are subtracted as integers: they come as their difference and 0.
  func subtrahends(_ other: Column) -> (first: [Double], second: [Double])? {
    guard quantity == other.quantity, let numbers = numbersBeside(other), let others = other.numbersBeside(self) else { return nil }
    var (first, second) = (numbers, others)
    let (whole, wholeOther) = (wholesBeside(other), other.wholesBeside(self))
    for row in first.indices where isPresent(row) && other.isPresent(row) {
      // A float64 beside an integer may be that integer, or lie between two.
      let one = whole?[row] ?? Int64(exactly: numbers[row])
      let two = wholeOther?[row] ?? Int64(exactly: others[row])
      guard whole != nil || wholeOther != nil, let one, let two else { continue }
      let (difference, overflow) = one.subtractingReportingOverflow(two)
      if !overflow { (first[row], second[row]) = (Double(difference), 0) }
    }
    return (first, second)
  }

  /// The values as numbers in the unit of both columns: microseconds where one is a timestamp.
  func numbersBeside(_ other: Column) -> [Double]? {
    type == .date && other.type == .timestamp ? doubles?.map { $0 * Self.microsecondsPerDay } : doubles
  }

  /// The values as integers in that unit; `nil` for a value that 64 bits do not hold, and for columns of other types.
  private func wholesBeside(_ other: Column) -> [Int64?]? {
    guard let integers else { return nil }
    guard type == .date, other.type == .timestamp else { return integers }
    return integers.map { days in
      let (microseconds, overflow) = days.multipliedReportingOverflow(by: Int64(Self.microsecondsPerDay))
      return overflow ? nil : microseconds
    }
  }

  private static let microsecondsPerDay = 86_400e6
}
