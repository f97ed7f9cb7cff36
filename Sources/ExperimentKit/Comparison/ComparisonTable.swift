/// Comparisons with their baselines as one Markdown table that fits a comment on a pull request: what is missing first, then what regressed.
package struct ComparisonTable: Sendable {
  /// An experiment that could not be compared, which is as bad as a regression.
  package struct Failure: Sendable, Equatable {
    package let experiment: String
    package let reason: String

    package init(experiment: String, reason: String) {
      self.experiment = experiment
      self.reason = reason
    }
  }

  private struct Row {
    let metric: String
    var before = ""
    var after = ""
    var gate = ""
    let verdict: String

    var cells: [String] { [metric, before, after, gate, verdict].map(Self.cut) }

    /// A comment is no place for essays; the log has everything.
    private static func cut(_ text: String) -> String { text.count <= 240 ? text : text.prefix(239) + "…" }
  }

  private let scale: Scale
  private let comparisons: [Comparison]
  private let failures: [Failure]

  package init(_ comparisons: [Comparison], failures: [Failure], at scale: Scale) {
    self.comparisons = comparisons
    self.failures = failures
    self.scale = scale
  }

  /// Whether something is missing or worse.
  package var isRegression: Bool { !failures.isEmpty || comparisons.contains(where: \.isRegression) }

  /// The comment, of fewer characters than `limit`, counted in bytes to be safe. What does not fit is counted, the least important first.
  package func markdown(limit: Int = MarkdownText.commentLimit) -> String {
    let measured = comparisons.flatMap(\.differences)
    let same = measured.count { $0.judgement == .same }
    var doubts: [String] = []
    if comparisons.contains(where: { $0.contexts.contains(where: Self.isOfData) }) { doubts.append("other data") }
    if comparisons.contains(where: { $0.unclean != nil }) { doubts.append("no commit has this source") }
    let elsewhere = comparisons.filter { $0.otherCheckout != nil }
    if let checkout = elsewhere.first?.otherCheckout {
      doubts.append("\(elsewhere.count) of \(comparisons.count) runs are not of the checkout, \(checkout): run them again")
    }
    let doubt = doubts.isEmpty ? "" : " (\(doubts.joined(separator: ", ")))"
    var text = "### \(isRegression ? "Regression" : "No regression") at scale \(scale)\(doubt)\n\n"
    text += "\(comparisons.count) of \(comparisons.count + failures.count) experiments compared with their baselines: "
    text += "\(same) of \(measured.count { $0.judgement != .reported }) gated measurements are as they were, "
    text += "\(comparisons.reduce(0) { $0 + $1.regressions.count }) worse, "
    text += "\(comparisons.reduce(failures.count) { $0 + $1.missing.count }) missing, "
    text += "\(comparisons.reduce(0) { $0 + $1.lostClaims.count }) claims lost.\n"
    let sources = Set(comparisons.map(\.source)).sorted()
    if !sources.isEmpty { text += "Measured at \(sources.joined(separator: "; ")).\n" }
    let rows = missing + worse + contexts + changed
    guard !rows.isEmpty else { return text + "\nNothing differs.\n" }
    text += "\n" + MarkdownText.header(["metric", "before", "after", "gate", "verdict"])
    for (place, row) in rows.enumerated() {
      let line = MarkdownText.row(row.cells)
      let rest = "\n\(rows.count - place) more rows do not fit; the log of `experiments compare --scale \(scale)` has them.\n"
      if text.utf8.count + line.utf8.count + rest.utf8.count >= limit { return text + rest }
      text += line
    }
    return text
  }

  private var missing: [Row] {
    let lost = failures.map {
      Row(metric: $0.experiment, before: "its baseline", after: "–", gate: "must be there", verdict: "MISSING: \($0.reason)")
    }
    return lost
      + rows { comparison in
        comparison.missing.map { Row(metric: $0, before: "measured", after: "–", gate: "must be there", verdict: "MISSING") }
      }
  }

  private var worse: [Row] {
    rows { comparison in
      comparison.regressions.map { row($0, verdict: "REGRESSION") }
        + comparison.lostClaims.map { row($0, verdict: $0.run == .error ? "CLAIM NOT JUDGED" : "CLAIM LOST") }
    }
  }

  private var changed: [Row] {
    let gates = rows { comparison in comparison.gateChanges.map { Row(metric: $0, verdict: "gate changed") } }
    return gates
      + rows { comparison in
        var rows = comparison.improvements.map { row($0, verdict: "improvement") }
        rows += comparison.opened.map {
          Row(metric: "\($0.metric) at \($0.place)", before: "\($0.baseline)", after: "open", gate: $0.gate, verdict: "now open")
        }
        rows += comparison.claims.filter { $0.judgement == .improvement }.map { row($0, verdict: "newly holds") }
        rows += comparison.claims.filter { $0.judgement == .reported }.map { row($0, verdict: "reported") }
        return rows + comparison.added.map { Row(metric: $0, before: "–", after: "measured", verdict: "new") }
      }
  }

  /// Rows of every comparison, each with the experiment's name before what it is about.
  private func rows(_ body: (Comparison) -> [Row]) -> [Row] {
    comparisons.flatMap { comparison in
      body(comparison).map { row in
        Row(metric: "\(comparison.experiment): \(row.metric)", before: row.before, after: row.after, gate: row.gate, verdict: row.verdict)
      }
    }
  }

  /// What makes the numbers those of something else: each fact once, with the experiments it is true of.
  private var contexts: [Row] {
    var rows: [Row] = []
    var owners: [[String]] = []
    func note(_ row: Row, of experiment: String) {
      if let place = rows.firstIndex(where: { $0.cells == row.cells }) {
        owners[place].append(experiment)
      } else {
        rows.append(row)
        owners.append([experiment])
      }
    }
    for comparison in comparisons {
      if let state = comparison.unclean {
        note(
          Row(
            metric: "source", before: comparison.baselineSource, after: state, gate: "reported",
            verdict: "DIRTY TREE: no commit gives these numbers"),
          of: comparison.experiment)
      }
      for context in comparison.contexts {
        let verdict =
          switch context.fact {
          case _ where Self.isOfData(context): "OTHER DATA"
          case "seed", "scale", "repetitions": "OTHER SETTINGS"
          case let fact where fact.hasPrefix("setting "): "OTHER SETTINGS"
          // A baseline is of an earlier commit, as a rule; machines and versions explain times.
          default: "context"
          }
        guard context.fact != "source" else { continue }
        note(
          Row(metric: context.fact, before: context.baseline, after: context.run, gate: "reported", verdict: verdict),
          of: comparison.experiment)
      }
    }
    let named = zip(rows, owners).map { row, names in
      let whose = names.count == comparisons.count && names.count > 1 ? "all" : names.joined(separator: ", ")
      return Row(metric: "\(row.metric) (\(whose))", before: row.before, after: row.after, gate: row.gate, verdict: row.verdict)
    }
    return named.filter { $0.verdict != "context" } + named.filter { $0.verdict == "context" }
  }

  private static func isOfData(_ context: Comparison.ContextDifference) -> Bool {
    ["data", "setting data"].contains(context.fact) || context.fact.hasPrefix("file ")
  }

  private func row(_ difference: Comparison.Difference, verdict: String) -> Row {
    let now = Set(difference.run).count == 1 ? difference.run[0] : .real(Timings.median(of: difference.run.map(\.double)))
    let before = difference.baseline.double
    let change = before == 0 ? "" : " (\(Quantity.plain(now.double / before))x)"
    return Row(
      metric: "\(difference.metric) at \(difference.place)", before: "\(difference.baseline) \(difference.unit)",
      after: "\(now) \(difference.unit)\(change)", gate: difference.gate, verdict: verdict)
  }

  private func row(_ claim: Comparison.ClaimDifference, verdict: String) -> Row {
    let why = claim.reportedBecause.map { ". Not judged: \($0)" } ?? ""
    return Row(
      metric: "\(claim.id): \(claim.statement)", before: claim.baseline?.rawValue ?? "–", after: claim.run.rawValue,
      gate: claim.reportedBecause == nil ? "a claim that held must hold" : "reported", verdict: verdict + why)
  }
}
