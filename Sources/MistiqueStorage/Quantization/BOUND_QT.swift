extension QuantizationScheme {
  /// The largest error that BOUND_QT may make.
  public enum ErrorBound: Sendable, Hashable, Codable, CustomStringConvertible {
    /// In the unit of the values.
    case absolute(Double)
    /// In root mean squares of what shares a bound: an intermediate, a channel or a column, as the granularity says.
    ///
    /// The root mean square is that of the sample that codebooks are fitted to: of maps at most 2^18 values, at a fixed stride, of the first
    /// RowBlock with a finite value; of a named column the same of all its rows. NaNs and infinities are left out. The bound is a number from
    /// then on, and holds for every later value too.
    case relative(Double)
    /// The widest relative bound that keeps this share, below 1, of each row's nearest neighbours, found by trying bounds on the first RowBlock with a value.
    /// What it was found to keep is recorded with the intermediate (``QuantizationScheme/kept``). Named columns have no neighbours of their own: theirs is
    /// 0.0125 root mean squares. Not a bound to ask for an answer within.
    case keeping(neighbours: Double)
    /// The widest relative bound under which the mean CCA coefficient of the rows as they are and as they are read falls below 1 by at most so much, such as
    /// 0.002; as above otherwise. The coefficients are those of the directions that explain 99 % of the variance, of the first 20 at most.
    case keepingCorrelations(within: Double)

    /// ``keepingCorrelations(within:)``.
    public static func keeping(cca fall: Double) -> ErrorBound { .keepingCorrelations(within: fall) }

    /// `0.35 rms`, or the number alone.
    public var description: String {
      switch self {
      case .absolute(let error): "\(error)"
      case .relative(let error): "\(error) rms"
      case .keeping(let share): "keeping \(share) of neighbours"
      case .keepingCorrelations(let fall): "keeping CCA within \(fall)"
      }
    }

    /// The number in any case.
    var number: Double {
      switch self {
      case .absolute(let error), .relative(let error), .keeping(let error), .keepingCorrelations(let error): error
      }
    }
  }
}

extension UniformGrid {
  /// The grid of some values, all finite: as many of them as can be have codes, and those beyond them on either side.
  init<Scalar: OrderedFloat>(_ sample: [Scalar], bound: QuantizationScheme.ErrorBound) {
    switch bound {
    case .absolute(let error): self.error = error
    case .keeping, .keepingCorrelations: preconditionFailure("a bound that is chosen by what it keeps is chosen before it is fitted")
    case .relative(let share):
      // The share of the largest finite number may be infinite.
      error = min(share * Self.rootMeanSquare(sample), .greatestFiniteMagnitude)
    }
    let widest = Double(Scalar(Self.step(ofError: error)))
    guard (0x1p-100...0x1p100).contains(widest) else {
      (step, lowest) = (0, 0)
      return
    }
    step = widest
    var (least, most) = (Scalar.zero, Scalar.zero)
    for value in sample { (least, most) = (min(least, value), max(most, value)) }
    let (low, high) = ((Double(least) / step).rounded(), (Double(most) / step).rounded())
    let most255 = Double(Self.codeCount - 1)
    if high - low > most255 {
      lowest = low == 0 ? 0 : high == 0 ? -Int(most255) : -Self.codeCount / 2
    } else {
      // What is left over goes to both sides, unless nothing is negative: then it is after a ReLU, and stays so.
      lowest = low == 0 ? 0 : Int(low - ((most255 - (high - low)) / 2).rounded(.down))
    }
  }

  /// The step of the codes that err by at most this, before it is rounded to a number of the values' type.
  static func step(ofError error: Double) -> Double { 2 * min(error, 0x1p200) * (1 - 0x1p-12) }

  /// In double, in the order of the sample, whatever the magnitude of its numbers. 0 for no values.
  static func rootMeanSquare<Scalar: OrderedFloat>(_ sample: [Scalar]) -> Double {
    let largest = sample.reduce(0.0) { max($0, abs(Double($1))) }
    guard largest > 0 else { return 0 }
    let sum = sample.reduce(0.0) { sum, value in
      let share = Double(value) / largest
      return sum + share * share
    }
    return largest * (sum / Double(sample.count)).squareRoot()
  }

  /// What the codes stand for, between edges half a step away.
  func bins<Scalar: OrderedFloat>(of _: Scalar.Type) -> Bins<Scalar> {
    guard step > 0 else { return Bins(edges: [], representatives: [0]) }
    return Bins(
      edges: (1..<Self.codeCount).map { Scalar((Double($0 + lowest) - 0.5) * step) },
      representatives: (0..<Self.codeCount).map { Scalar($0 + lowest) * Scalar(step) })
  }

  /// The largest power of two that is at most 2 e and that `type` has multiples of to round to: what values without a code are rounded to. `nil`
  /// where they have to stay as they are.
  func spacing(of type: ColumnType) -> Double? {
    let widest = 2 * min(error, 0x1p1020)
    let range = type == .float64 ? 0x1p-1000...0x1p1000 : 0x1p-149...0x1p127
    guard widest >= range.lowerBound else { return nil }
    return min(Double(sign: .plus, exponent: widest.exponent, significand: 1), range.upperBound)
  }
}
