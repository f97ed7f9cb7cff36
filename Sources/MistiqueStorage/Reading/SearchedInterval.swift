/// An interval that values are searched for in, its ends included, as it is compared with values of each type: never rounded.
///
/// Doubles and 64-bit integers do not hold each other: 2^53 + 1 is no Double, and 0.5 no integer.
package struct SearchedInterval: Sendable, Equatable {
  /// The floating-point numbers in it; `nil` when there are none, as between 2^53 + 1 and 2^53 + 1.
  package let doubles: ClosedRange<Double>?
  /// The integers in it; `nil` when there are none.
  package let integers: ClosedRange<Int64>?
  /// Holds all of it, and perhaps a little more: for statistics, which are rounded outwards themselves.
  let cover: ClosedRange<Double>

  package init(_ range: ClosedRange<Double>) {
    doubles = range
    cover = range
    let (low, high) = (range.lowerBound.rounded(.up), range.upperBound.rounded(.down))
    guard low < 0x1p63, high >= -0x1p63, low <= high else {
      integers = nil
      return
    }
    integers = (low < -0x1p63 ? .min : Int64(low))...(high >= 0x1p63 ? .max : Int64(high))
  }

  package init(_ range: ClosedRange<Int64>) {
    integers = range
    let (low, high) = (Self.doubles(around: range.lowerBound), Self.doubles(around: range.upperBound))
    doubles = low.above <= high.below ? low.above...high.below : nil
    cover = low.below...high.above
  }

  /// The nearest Doubles that are not above and not below an integer.
  private static func doubles(around integer: Int64) -> (below: Double, above: Double) {
    let nearest = Double(integer)
    if let same = Int64(exactly: nearest) {
      if same == integer { return (nearest, nearest) }
      return same < integer ? (nearest, nearest.nextUp) : (nearest.nextDown, nearest)
    }
    return (nearest.nextDown, nearest)  // 2^63, above every 64-bit integer
  }

  /// What is known of a value that lies between `lower` and `upper`: whether it is certainly in the interval, and if not, whether it may be.
  /// Equal ends are the value itself. NaN is in no interval.
  func answer(_ lower: Double, _ upper: Double) -> Answer {
    guard let doubles, lower <= doubles.upperBound, upper >= doubles.lowerBound else { return .outside }
    return lower >= doubles.lowerBound && upper <= doubles.upperBound ? .inside : .possible
  }

  enum Answer {
    case inside, possible, outside
  }
}
