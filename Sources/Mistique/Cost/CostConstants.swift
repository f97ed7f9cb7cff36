import Foundation

/// Seconds that several parts of a piece of work take: each part an amount times a constant, of which observations correct the constants.
///
///     seconds = sum over the parts of amount x constant
///
/// An observation multiplies each constant by (observed / predicted) to the power of `weight` x its share of the prediction. A part that made up
/// nearly all of it is corrected nearly in full, one that did not take part stays as it is, and none ever becomes negative. From a start that is
/// wrong by any factor the predictions reach what is observed, since a constant that is much too large makes up nearly all of what it spoils.
struct CostConstants<Part: Hashable & Sendable>: Sendable, Equatable {
  /// How much of the error one observation corrects.
  static var weight: Double { 0.3 }
  /// One observation counts as at most so many times too slow or too fast: a process may have been suspended for an hour.
  static var largestError: Double { 16 }

  private(set) var seconds: [Part: Double]
  /// Observations that a constant took part in.
  private(set) var samples: [Part: Int] = [:]

  init(_ seconds: [Part: Double], samples: [Part: Int] = [:]) {
    self.seconds = seconds
    self.samples = samples
  }

  func predicted(_ amounts: [Part: Double]) -> Double { amounts.reduce(0) { $0 + $1.value * (seconds[$1.key] ?? 0) } }

  /// Replaces a constant by a measured one.
  mutating func set(_ part: Part, _ value: Double) {
    seconds[part] = max(value, 1e-15)
    samples[part, default: 0] += 1
  }

  /// Corrects the constants by what a piece of work really took.
  mutating func observe(_ amounts: [Part: Double], seconds observed: Double) {
    let total = predicted(amounts)
    guard observed > 0, observed.isFinite, total > 0, total.isFinite else { return }
    let error = min(max(log(observed / total), -log(Self.largestError)), log(Self.largestError))
    for (part, amount) in amounts {
      guard let constant = seconds[part] else { continue }
      let share = amount * constant / total
      guard share > 0 else { continue }
      seconds[part] = max(constant * exp(Self.weight * share * error), 1e-15)
      samples[part, default: 0] += 1
    }
  }
}
