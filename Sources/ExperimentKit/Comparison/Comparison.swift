/// A run held to its baseline: first how their contexts differ, then what is missing, then what differs, then what the claims have become.
package struct Comparison: Sendable, Equatable {
  package enum Judgement: String, Sendable, Equatable {
    case same, improvement, regression, reported
  }

  /// One fact of the context that is not the same.
  package struct ContextDifference: Sendable, Equatable {
    package let fact: String
    package let baseline: String
    package let run: String
  }

  /// One measurement that both have.
  package struct Difference: Sendable, Equatable {
    package let metric: String
    package let place: String
    package let unit: String
    package let baseline: MeasuredValue
    /// Every repetition.
    package let run: [MeasuredValue]
    package fileprivate(set) var gate: String
    package fileprivate(set) var judgement: Judgement
    /// A ratio of times, which another process may have disturbed.
    package let isOfTimes: Bool
    /// A choice that was decided in the baseline, and may go either way now.
    package let isOpened: Bool
  }

  /// One claim whose outcome is not the baseline's.
  package struct ClaimDifference: Sendable, Equatable {
    package let id: String
    package let statement: String
    /// Nil for a claim that the baseline does not know.
    package let baseline: ClaimResult.Outcome?
    package let run: ClaimResult.Outcome
    /// Why it is not judged, if it is not.
    package fileprivate(set) var reportedBecause: String?

    /// Held and does so no longer. That a claim does not hold is a legal state; that it cannot be judged any more is none.
    package var judgement: Judgement {
      if run == .error { return .regression }
      if reportedBecause != nil { return .reported }
      if baseline == .holds { return .regression }
      return run == .holds ? .improvement : .reported
    }
  }

  package let experiment: String
  package let scale: Scale
  /// What the run was measured from, and where the checkout is now if that is another commit: rows of an earlier one guard nothing.
  package let source: String
  /// Where the checkout is, if the run is of another source: of what the checkout would measure the comparison then says nothing. Nil where it is the run's, or
  /// where nobody knows.
  package let otherCheckout: String?
  package let contexts: [ContextDifference]
  /// What the run's source is called where no commit is: with changes that were not committed, or with none known.
  package let unclean: String?
  /// What the baseline was measured from.
  package let baselineSource: String
  /// Rows of the baseline that the run lacks. Each is a regression: what is not measured is not guarded.
  package let missing: [String]
  /// Rows of gated metrics that the baseline lacks.
  package let added: [String]
  /// Baseline metrics the experiment no longer gates, and gates that are not as they were.
  package let gateChanges: [String]
  package private(set) var differences: [Difference]
  /// Claims whose outcome changed.
  package private(set) var claims: [ClaimDifference]

  /// What must be mended or deliberately accepted.
  package var regressions: [Difference] { differences.filter { $0.judgement == .regression } }
  package var improvements: [Difference] { differences.filter { $0.judgement == .improvement } }
  /// What was decided and is open now: no regression, but nothing that should go unseen.
  package var opened: [Difference] { differences.filter(\.isOpened) }
  package var lostClaims: [ClaimDifference] { claims.filter { $0.judgement == .regression } }
  package var isRegression: Bool { !regressions.isEmpty || !missing.isEmpty || !lostClaims.isEmpty }
  /// Whether all that regressed depends on times, so that a second run may say otherwise. Of a claim nobody knows what it depends on.
  package var mayBeDisturbed: Bool {
    isRegression && missing.isEmpty && regressions.allSatisfy(\.isOfTimes) && lostClaims.allSatisfy { $0.run != .error }
  }
  package var exitStatus: Int32 { isRegression ? 1 : 0 }

  /// What regressed in both of two runs. What depends on times and regressed in this one alone is reported: of some hundred ratios of short times a few are
  /// off in any run, and others in the next.
  func confirmed(by first: Comparison) -> Comparison {
    var both = self
    let slow = Set(first.regressions.map { [$0.metric, $0.place] })
    for place in differences.indices where differences[place].judgement == .regression && differences[place].isOfTimes {
      guard !slow.contains([differences[place].metric, differences[place].place]) else { continue }
      both.differences[place].judgement = .reported
      both.differences[place].gate += ", which it met in the run before"
    }
    // Also one that was close there, and not judged: it did not hold.
    let lost = Set(first.claims.filter { $0.run != .holds }.map(\.id))
    for place in claims.indices where claims[place].judgement == .regression && claims[place].run != .error {
      if !lost.contains(claims[place].id) { both.claims[place].reportedBecause = "it held in the run before" }
    }
    return both
  }

  /// Compares `rows` with `baseline` under the experiment's gates, and the outcomes of its claims with the baseline's.
  package init(
    _ baseline: Baseline, rows: MeasurementTable, provenance: Provenance, gates: [Gate], claims: [Claim] = [], checkout: SourceState? = nil
  ) {
    experiment = provenance.settings.experiment
    scale = provenance.settings.scale
    let other = checkout.flatMap { $0.commit == nil || $0 == provenance.source ? nil : $0.short }
    otherCheckout = other
    source = provenance.source.short + (other.map { " (the checkout is at \($0): run it again to compare that)" } ?? "")
    baselineSource = baseline.sidecar.provenance.source.short
    contexts = Self.contexts(baseline.sidecar.provenance, provenance)
    unclean = provenance.source.isDirty == false ? nil : provenance.source.short
    let columns = Array(baseline.table.parameters.dropLast())
    var missing: [String] = []
    var gateChanges: [String] = []
    var differences: [Difference] = []
    var seen: [String: Set<[String]>] = [:]
    var groups: [String: [[String]: MeasurementTable.Group]] = [:]
    // Columns that came, went or moved make every row another one, and it is said so.
    let comparable = rows.parametersWithoutRepetition == columns
    if !comparable {
      gateChanges.append("the parameter columns were \(columns) and are \(rows.parametersWithoutRepetition)")
    }
    for metric in gates.metrics where comparable {
      groups[metric] = Dictionary(rows.grouped(by: metric).map { ($0.coordinates, $0) }) { first, _ in first }
    }
    for row in baseline.table.rows {
      let coordinates = Array(row.coordinates.dropLast())
      let place = Self.place(columns, coordinates)
      seen[row.metric, default: []].insert(coordinates)
      guard let gate = gates.gate(of: row.metric, columns, coordinates) else {
        Self.note("\(row.metric) is no longer gated; it was: \(row.coordinates.last!)", in: &gateChanges)
        missing.append("\(row.metric) at \(place)")
        continue
      }
      if gate.text != row.coordinates.last! {
        Self.note("\(row.metric) was gated '\(row.coordinates.last!)' and is now '\(gate.text)'", in: &gateChanges)
      }
      guard let group = groups[row.metric]?[coordinates], group.unit == row.unit else {
        missing.append("\(row.metric) in \(row.unit) at \(place)")
        continue
      }
      differences.append(
        Difference(
          metric: row.metric, place: place, unit: row.unit, baseline: row.value, run: group.values, gate: gate.text,
          judgement: gate.judge(baseline: row.value, run: group.values), isOfTimes: gate.isOfTimes,
          isOpened: gate.opens(baseline: row.value, run: group.values)))
    }
    let parameters = rows.parametersWithoutRepetition
    added = gates.metrics.flatMap { metric in
      rows.grouped(by: metric).map(\.coordinates)
        .filter { seen[metric]?.contains($0) != true && gates.gate(of: metric, parameters, $0) != nil }
        .map { "\(metric) at \(Self.place(parameters, $0))" }
    }
    let outcomes = baseline.sidecar.outcomes ?? [:]
    let claimed = Set(claims.map(\.id))
    self.missing = missing + outcomes.keys.filter { !claimed.contains($0) }.sorted().map { "claim \($0)" }
    self.gateChanges = gateChanges
    self.differences = differences
    let close = Set(baseline.sidecar.close ?? [])
    self.claims = claims.compactMap { claim in
      let now = claim.result(for: rows, at: provenance.settings.scale).outcome
      let before = outcomes[claim.id]
      // A new claim waits for its baseline, unless it cannot be judged.
      guard before != now, before != nil || now == .error else { return nil }
      // A loss by far is one, however close the baseline was.
      let isClose = close.contains(claim.id) && claim.changesWithTimes(in: rows, at: provenance.settings.scale, gates: gates)
      return ClaimDifference(
        id: claim.id, statement: claim.statement, baseline: before, run: now,
        reportedBecause: isClose ? "times a quarter off would change it, in the baseline and in the run" : nil)
    }
  }

  private static func place(_ columns: [String], _ coordinates: [String]) -> String {
    columns.isEmpty ? "the whole run" : zip(columns, coordinates).map { "\($0)=\($1)" }.joined(separator: " ")
  }

  private static func note(_ text: String, in notes: inout [String]) {
    if !notes.contains(text) { notes.append(text) }
  }
}
