import Foundation

/// Seconds that several parts of a piece of work take: each part an amount times a constant, of which observations correct the constants.
///
///     seconds = sum over the parts of amount x constant
///
/// Constants follow the observations by recursive least squares of the relative error, forgetting a fiftieth with each observation. A prediction that
/// is wrong by more than a factor of three first scales the constants that took part in it: from a start that is wrong by any factor the predictions
/// reach what is observed after some dozens of observations. No constant becomes negative, and one observation that was held up counts little.
///
/// Slowness is believed as far as it is seen twice among five observations. Work is held up by what it has no part in (the kernel clears fresh memory, another
/// process runs), and a constant that is too large is never corrected where another plan is then taken; one that is too small is, by the next run.
struct CostConstants<Part: Hashable & Sendable>: Sendable, Equatable {
  private static var forgetting: Double { 0.98 }
  /// Beyond this factor the constants are scaled.
  private static var grossError: Double { 3 }
  /// One observation counts as at most so many times too slow or too fast: a process may have been suspended for an hour.
  private static var largestError: Double { 16 }
  /// What part of a gross error, as a power, is corrected at once.
  private static var grossStep: Double { 0.35 }
  /// What part of a slowness, as a power, is believed beyond what was seen before, and among how many observations that is looked for.
  private static var firstSlowness: Double { 0.25 }
  private static var slowMemory: Int { 4 }
  /// The variance of a constant, in units of its square, of which nothing is known.
  private static var uncertainty: Double { 4 }

  /// Observations that a constant took part in.
  private(set) var samples: [Part: Int]
  private let parts: [Part]
  private let places: [Part: Int]
  private var values: [Double]
  /// Of the constants, row-major; how far each may still move, and with which others.
  private var covariance: [Double]
  /// How many times slower than predicted the last observations were, 1 for those that were not.
  private var slowness: [Double] = []

  var seconds: [Part: Double] { Dictionary(uniqueKeysWithValues: zip(parts, values)) }

  static func == (a: CostConstants, b: CostConstants) -> Bool { a.seconds == b.seconds && a.samples == b.samples }

  init(_ seconds: [Part: Double], samples: [Part: Int] = [:]) {
    self.samples = samples
    parts = Array(seconds.keys)
    places = Dictionary(uniqueKeysWithValues: parts.enumerated().map { ($1, $0) })
    values = parts.map { max(seconds[$0]!, 1e-15) }
    covariance = [Double](repeating: 0, count: parts.count * parts.count)
    for place in parts.indices { forget(place) }
  }

  func predicted(_ amounts: [Part: Double]) -> Double {
    amounts.reduce(0) { sum, item in sum + item.value * (places[item.key].map { values[$0] } ?? 0) }
  }

  /// Replaces a constant by a measured one.
  mutating func set(_ part: Part, _ value: Double) {
    guard let place = places[part] else { return }
    values[place] = max(value, 1e-15)
    forget(place)
    count(part)
  }

  /// The number comes from a file that anything may have changed.
  private mutating func count(_ part: Part) { samples[part] = min(max(samples[part] ?? 0, 0), 1 << 40) + 1 }

  /// Corrects the constants by what a piece of work really took.
  mutating func observe(_ amounts: [Part: Double], seconds: Double) {
    let total = predicted(amounts)
    guard seconds > 0, seconds.isFinite, total > 0, total.isFinite else { return }
    let error = believed(min(max(seconds / total, 1 / Self.largestError), Self.largestError))
    let involved = amounts.compactMap { part, amount in amount > 0 ? places[part].map { (place: $0, amount: amount) } : nil }
    for part in amounts.keys where amounts[part]! > 0 { count(part) }
    if error > Self.grossError || error < 1 / Self.grossError {
      // What is too large is what makes up the prediction; what is too small may be any of them.
      for (place, amount) in involved {
        let step = Self.grossStep * (error < 1 ? amount * values[place] / total : 1)
        values[place] = max(values[place] * pow(error, step), 1e-15)
        forget(place)
      }
    } else {
      follow(involved.map { ($0.place, $0.amount / (total * error)) }, from: 1 / error)
    }
  }

  /// What to believe of an observation that is `error` times what was predicted: a slow one as far as one of the last few was as slow.
  private mutating func believed(_ error: Double) -> Double {
    let seen = min(error, slowness.max() ?? 1)
    slowness = slowness.suffix(Self.slowMemory - 1) + [max(error, 1)]
    return error > 1 ? seen * pow(error / seen, Self.firstSlowness) : error
  }

  /// A step of recursive least squares: `sum of share x constant` was `predicted` and should be 1.
  private mutating func follow(_ shares: [(place: Int, share: Double)], from predicted: Double) {
    let count = parts.count
    var gain = [Double](repeating: 0, count: count)
    for (place, share) in shares { for row in 0..<count { gain[row] += covariance[row * count + place] * share } }
    let scale = Self.forgetting + shares.reduce(0) { $0 + $1.share * gain[$1.place] }
    for row in 0..<count {
      for column in 0..<count {
        covariance[row * count + column] = (covariance[row * count + column] - gain[row] * gain[column] / scale) / Self.forgetting
      }
    }
    for row in 0..<count {
      values[row] = min(max(values[row] + gain[row] / scale * (1 - predicted), values[row] / 4), values[row] * 4)
      // What no observation tells apart must not become ever less certain.
      let (variance, most) = (covariance[row * count + row], Self.uncertainty * values[row] * values[row])
      guard variance > most || !variance.isFinite else { continue }
      let factor = (most / variance).squareRoot()
      for other in 0..<count {
        covariance[row * count + other] *= factor
        covariance[other * count + row] *= factor
      }
    }
  }

  /// Takes a constant for one of which nothing is known but its value.
  private mutating func forget(_ place: Int) {
    let count = parts.count
    for other in 0..<count {
      covariance[place * count + other] = 0
      covariance[other * count + place] = 0
    }
    covariance[place * count + place] = Self.uncertainty * values[place] * values[place]
  }
}
