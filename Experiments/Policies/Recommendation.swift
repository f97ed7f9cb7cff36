import ExperimentKit

/// Which policy the numbers speak for, by a rule that is stated.
///
/// 1. A scheme is near enough when it keeps at least 95 % of neighbours in the mean over the intermediates and 90 % in each of them, SVCCA, where it could
///    be computed, is at least 0.95, and no value was lost.
/// 2. Of those that save a tenth of the bytes of the smallest exact policy the one with the fewest is recommended; where another of them has at most 5 %
///    more and keeps more neighbours, that one.
/// 3. If there is none, the smallest exact policy is. A ladder's exact reads are slower, so its bytes count for 5 % more than they are.
struct Recommendation {
  static let leastMean = 0.95
  static let leastOfEach = 0.9
  static let leastSimilarity = 0.95
  private static let aboutEqual = 1.05
  private static let leastSaving = 0.9

  let chosen: PolicyOutcome
  /// The smallest of those whose values come back bit for bit.
  let exact: PolicyOutcome
  /// Of the schemes with fewer bytes than the chosen one, the one that keeps the most neighbours.
  let smaller: PolicyOutcome?

  /// - Precondition: one of the policies is exact.
  init(_ outcomes: [PolicyOutcome]) {
    func weighed(_ outcome: PolicyOutcome) -> Double { outcome.storedBytes * (outcome.hasRungs ? Self.aboutEqual : 1) }
    let exact = outcomes.filter { !$0.isLossy }.min { weighed($0) < weighed($1) }!
    self.exact = exact
    let near = outcomes.filter {
      $0.isLossy && $0.storedBytes <= Self.leastSaving * exact.storedBytes && Self.isNearEnough($0)
    }.sorted { $0.storedBytes < $1.storedBytes }
    let fewest = near.first?.storedBytes ?? .infinity
    let chosen =
      near.filter { $0.storedBytes <= Self.aboutEqual * fewest }.max { ($0.neighbours ?? 0) < ($1.neighbours ?? 0) } ?? exact
    self.chosen = chosen
    smaller = outcomes.filter { $0.storedBytes < Self.leastSaving * chosen.storedBytes }.max { ($0.neighbours ?? 0) < ($1.neighbours ?? 0) }
  }

  static func isNearEnough(_ outcome: PolicyOutcome) -> Bool {
    guard let mean = outcome.neighbours, let worst = outcome.worst else { return false }
    return mean >= leastMean && worst.neighbours >= leastOfEach && outcome.similarity ?? 1 >= leastSimilarity && outcome.lostValues == 0
  }

  /// `8BIT keeps 99 % of neighbours at a fourteenth of the bytes.`
  var headline: String {
    guard chosen.isLossy, let mean = chosen.neighbours else {
      return "\(chosen.name) keeps every value at \(Self.part(chosen.ratio)) of the bytes."
    }
    return "\(chosen.name) keeps \(Self.share(mean)) of neighbours at \(Self.part(chosen.ratio)) of the bytes."
  }

  /// The headline, what is lost, and what else there is.
  var sentences: [String] {
    var sentences = [headline]
    if chosen.isLossy {
      if let worst = chosen.worst, worst.neighbours < 1 {
        sentences.append("The intermediate that keeps the fewest is \(worst.intermediate): \(Self.share(worst.neighbours)).")
      }
      sentences.append(
        "Single values are off by \(Quantity.plain(chosen.meanError)) standard deviations in the mean and \(Quantity.plain(chosen.greatestError)) at "
          + "most.")
      sentences.append("Bit for bit: \(exact.name), at \(Self.part(exact.ratio)) of the bytes.")
    } else if exact.neighbours == nil {
      sentences.append("There are too few rows, or none that vary, to say what schemes keep of their neighbours.")
    } else if smaller == nil {
      sentences.append("No scheme saves a tenth of its bytes.")
    } else if let smaller, smaller.neighbours != nil {
      sentences.append(
        "No scheme that saves a tenth more is near enough: \(smaller.name) takes \(Self.part(smaller.ratio)), and \(Self.shortcomings(of: smaller))."
      )
    }
    if chosen.isLossy, let smaller, smaller.neighbours != nil {
      sentences.append("\(smaller.name) takes \(Self.part(smaller.ratio)), but \(Self.shortcomings(of: smaller)).")
    }
    return sentences
  }

  /// Why a scheme is not near enough: `keeps 99 % of neighbours, 85 % in conv1, loses 3 values`.
  private static func shortcomings(of outcome: PolicyOutcome) -> String {
    let mean = outcome.neighbours ?? 0
    var parts = ["keeps \(share(mean)) of neighbours"]
    if mean >= leastMean, let worst = outcome.worst, worst.neighbours < leastOfEach {
      parts.append("\(share(worst.neighbours)) in \(worst.intermediate)")
    }
    if let similarity = outcome.similarity, similarity < leastSimilarity { parts.append("has an SVCCA of \(Quantity.plain(similarity))") }
    if outcome.lostValues > 0 { parts.append("loses \(outcome.lostValues) \(outcome.lostValues == 1 ? "value" : "values")") }
    return parts.joined(separator: ", ")
  }

  /// Rounded down, so that what is not all does not read as all.
  static func share(_ value: Double) -> String {
    let percent = value * 100
    return percent >= 10 && percent < 100 ? "\(Int(percent.rounded(.down))) %" : Quantity.percent(value)
  }

  private static let ordinals = [
    "", "", "half", "a third", "a quarter", "a fifth", "a sixth", "a seventh", "an eighth", "a ninth", "a tenth", "an eleventh",
    "a twelfth",
    "a thirteenth", "a fourteenth", "a fifteenth", "a sixteenth", "a seventeenth", "an eighteenth", "a nineteenth", "a twentieth",
  ]

  /// A part in words: `a fourteenth` for 14, `64 %` for 1.56, `1/37` beyond twenty. Named for the nearest whole number.
  static func part(_ ratio: Double) -> String {
    let whole = Int(ratio.rounded())
    if ratio < 1.8 { return Quantity.percent(1 / ratio) }
    // Between two and three a half or a third may be a fifth off.
    if ratio < 4, abs(ratio - Double(whole)) > 0.2 { return Quantity.percent(1 / ratio) }
    return whole < ordinals.count ? ordinals[whole] : "1/\(whole)"
  }
}
