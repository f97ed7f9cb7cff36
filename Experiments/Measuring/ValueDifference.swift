/// How far values are apart, for comparisons that must not pass because a value is no number: `max` and `>` pass over NaN.
enum ValueDifference {
  /// The distance of two values; infinite where one of them is NaN, or both.
  static func of(_ one: Double, _ other: Double) -> Double {
    let distance = one == other ? 0 : abs(one - other)
    return distance.isNaN ? .infinity : distance
  }

  /// The greatest distance of two values at the same place.
  static func greatest(_ ones: some Sequence<Float>, _ others: some Sequence<Float>) -> Double {
    zip(ones, others).reduce(0.0) { max($0, of(Double($1.0), Double($1.1))) }
  }
}
