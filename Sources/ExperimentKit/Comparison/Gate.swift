/// How a metric is held to its baseline.
package struct Gate: Sendable, Equatable {
  package enum Rule: Sendable, Equatable {
    /// Bytes, counts, plan choices, fixed-seed errors: every repetition must be the baseline's number.
    case exact
    /// The median may differ by this share of the baseline; the reason is part of the gate.
    case within(_ tolerance: Double, reason: String)
    /// The median must reach this fraction of the baseline: for ratios of times taken in one run.
    case ratioAtLeast(_ fraction: Double)
    /// A choice, by a whole number; `Gate.open` stands for one that may go either way, `Gate.erratic` for one that should not and did. Two that are decided must be the
    /// same.
    case choice
    /// Shown, never judged: seconds.
    case reported
  }

  /// Which direction is good; a difference that way is an improvement and not a regression.
  package enum Better: String, Sendable, Equatable {
    case lower, higher, neither
  }

  /// A choice between ways that are about equal.
  package static let open = -1
  /// A choice that should be clear and was not made the same way each time: never the same as one that is decided.
  package static let erratic = -2

  package let metric: String
  package let rule: Rule
  package let better: Better
  /// The only values of these parameters that the gate is for; empty: every row of the metric. Of an experiment's gates the first that covers a row holds it.
  package let place: [String: String]

  /// Trap: a tolerance lies in 0..<1 and has a reason, a fraction in 0...1.
  package init(_ metric: String, _ rule: Rule, better: Better = .neither, where place: [String: String] = [:]) {
    switch rule {
    case .within(let tolerance, let reason):
      precondition((0..<1).contains(tolerance) && !reason.isEmpty, "a tolerance lies in 0..<1 and is justified")
    case .ratioAtLeast(let fraction):
      precondition((0...1).contains(fraction), "a fraction of the baseline lies in 0...1")
    case .exact, .choice, .reported: break
    }
    self.metric = metric
    self.rule = rule
    self.place = place
    if case .ratioAtLeast = rule { self.better = .higher } else { self.better = better }
  }

  /// The gate as the baseline file records it, so that a gate that was loosened, or calls another direction good, shows.
  var text: String {
    switch rule {
    case .exact: "exact\(direction)"
    case .within(let tolerance, let reason): "within \(tolerance)\(direction): \(reason)"
    case .ratioAtLeast(let fraction): "at least \(fraction) of it"
    case .choice: "the same choice, where it is not open"
    case .reported: "reported"
    }
  }

  /// Which direction is good, if one is. Of ratios it always is the same.
  private var direction: String { better == .neither ? "" : " (\(better.rawValue) is better)" }

  /// Whether it holds a ratio of times, or a choice that follows them.
  var isOfTimes: Bool {
    switch rule {
    case .ratioAtLeast, .choice: true
    case .exact, .within, .reported: false
    }
  }

  /// Whether it holds the rows of `metric` at these coordinates of `parameters`. A parameter that the rows lack covers nothing.
  func covers(_ metric: String, _ parameters: [String], _ coordinates: [String]) -> Bool {
    metric == self.metric
      && place.allSatisfy { name, value in parameters.firstIndex(of: name).map { coordinates[$0] == value } ?? false }
  }

  /// What a pair of values comes to.
  func judge(baseline: MeasuredValue, run: [MeasuredValue]) -> Comparison.Judgement {
    let now = Timings.median(of: run.map(\.double))
    let before = baseline.double
    switch rule {
    case .reported: return .reported
    case .exact:
      if run.allSatisfy({ $0 == baseline }) { return .same }
      // Better in every repetition, or it is not reproducible and no improvement.
      let improved = run.allSatisfy { isBetter($0.double, than: before) }
      return improved ? .improvement : .regression
    case .choice:
      let (open, erratic) = (Double(Self.open), Double(Self.erratic))
      return now == before || now == open || before == open || before == erratic ? .same : .regression
    case .within(let tolerance, _):
      if abs(now - before) <= tolerance * abs(before) { return .same }
      return isBetter(now, than: before) ? .improvement : .regression
    case .ratioAtLeast(let fraction):
      if now < fraction * before { return .regression }
      return fraction * now > before ? .improvement : .same
    }
  }

  /// Whether a choice that is decided in the baseline is open in the run: judged the same, and yet held by nothing until it is decided again.
  func opens(baseline: MeasuredValue, run: [MeasuredValue]) -> Bool {
    let isDecided = ![Double(Self.open), Double(Self.erratic)].contains(baseline.double)
    return rule == .choice && isDecided && Timings.median(of: run.map(\.double)) == Double(Self.open)
  }

  private func isBetter(_ value: Double, than other: Double) -> Bool {
    switch better {
    case .lower: value < other
    case .higher: value > other
    case .neither: false
    }
  }
}

extension [Gate] {
  /// The gate that holds a row, if any does: the first that covers it.
  func gate(of metric: String, _ parameters: [String], _ coordinates: [String]) -> Gate? {
    first { $0.covers(metric, parameters, coordinates) }
  }

  /// The metrics that are gated, each once, in order.
  var metrics: [String] {
    reduce(into: []) { metrics, gate in if !metrics.contains(gate.metric) { metrics.append(gate.metric) } }
  }
}
