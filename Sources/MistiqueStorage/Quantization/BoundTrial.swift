import Groundwork

/// Bounds tried on some rows of an intermediate, to find the widest that keeps what was asked for.
///
/// Whatever is measured is added in one order on every processor: equal rows have equal bounds. Rows of later RowBlocks are not looked at: the bound is a
/// number from then on.
protocol BoundTrial {
  /// Row-major, what is not finite as zero.
  var sample: TrialSample { get }
  /// Whether there are enough rows to tell anything.
  var tells: Bool { get }
  /// What values that were rounded keep.
  func measured(_ rounded: [Float]) -> Double
  /// Whether that is what was asked for.
  func isEnough(_ measured: Double) -> Bool
}

extension BoundTrial {
  /// The widest bound that keeps what was asked for, in root mean squares, and what it keeps; the narrowest when none does, and when nothing tells.
  ///
  /// - Parameter rootMeanSquare: that of the sample to which the quantizer will be fitted, not of the rows and columns looked at: the steps are those of the values
  ///   that will be stored.
  func widest(rootMeanSquare: Double) -> (bound: Double, measured: Double?) {
    guard tells, rootMeanSquare > 0, rootMeanSquare.isFinite else { return (TrialSample.narrowest, nil) }
    var last: Double?
    for bound in TrialSample.bounds {
      let step = Float(UniformGrid.step(ofError: bound * rootMeanSquare))
      guard step.isNormal else { continue }
      let found = measured(sample.values.map { ($0 / step).rounded(.toNearestOrEven) * step })
      if isEnough(found) { return (bound, found) }
      last = found
    }
    return (TrialSample.narrowest, last)
  }
}

/// Rows of an intermediate at some of its columns.
struct TrialSample {
  /// In root mean squares, widest first, about a seventh apart.
  static let bounds = [
    0.5, 0.42, 0.35, 0.3, 0.25, 0.21, 0.175, 0.15, 0.125, 0.1, 0.085, 0.07, 0.06, 0.05, 0.035, 0.025, 0.0175, 0.0125,
  ]
  /// Where nothing tells.
  static let narrowest = bounds[bounds.count - 1]

  let rows: Int
  let width: Int
  let values: [Float]

  /// At most so many rows and columns, spread over all.
  ///
  /// - Parameter all: row-major rows x columns.
  init(_ all: UnsafePointer<Float>, rows: Int, columns: Int, atMost limit: (rows: Int, columns: Int)) {
    let chosen = Self.places(rows, limit.rows)
    let places = Self.places(columns, limit.columns)
    (self.rows, width) = (chosen.count, places.count)
    var values: [Float] = []
    values.reserveCapacity(chosen.count * places.count)
    for row in chosen {
      for place in places {
        let value = all[row * columns + place]
        values.append(value.isFinite ? value : 0)
      }
    }
    self.values = values
  }

  /// The greatest magnitude of a value. Complexity: O(values).
  var largest: Float { values.reduce(0) { max($0, abs($1)) } }

  /// All of `count` places, or one of each of `limit` equal parts, somewhere in it: a fixed stride would meet only one column of each line of a map.
  static func places(_ count: Int, _ limit: Int) -> [Int] {
    guard count > limit else { return Array(0..<count) }
    return (0..<limit).map { part in
      let (start, end) = (part * count / limit, (part + 1) * count / limit)
      return start + Int(SplitMix64.mixed(UInt64(part)) % UInt64(end - start))
    }
  }
}

extension QuantizationScheme.ErrorBound {
  /// The bound to take for rows of an intermediate where this one is to be chosen, and what it was found to keep; `nil` for a bound that is a number.
  func chosen(
    for values: UnsafePointer<Float>, rows: Int, columns: Int
  ) -> (bound: QuantizationScheme.ErrorBound, kept: QuantizationScheme.KeptQuality)? {
    guard isChosen else { return nil }
    let meanSquare = UniformGrid.rootMeanSquare(Sample.finite(values, rows: rows, rowStride: columns, columns: 0..<columns))
    if case .keepingCorrelations(let fall) = self {
      let trial = CorrelationTrial(values, rows: rows, columns: columns, fall: fall)
      let found = trial.widest(rootMeanSquare: meanSquare)
      return (.relative(found.bound), .init(.cca, asked: fall, measured: found.measured.map { 1 - $0 }, rows: trial.sample.rows))
    }
    let trial = NeighbourTrial(values, rows: rows, columns: columns, share: number)
    let found = trial.widest(rootMeanSquare: meanSquare)
    return (.relative(found.bound), .init(.neighbours, asked: number, measured: found.measured, rows: trial.sample.rows))
  }

  /// Whether it is chosen by the rows it is for.
  var isChosen: Bool {
    switch self {
    case .absolute, .relative: false
    case .keeping, .keepingCorrelations: true
    }
  }
}
