/// What became of a claim in one run, as `claims.json` keeps it.
package struct ClaimResult: Sendable, Equatable, Codable {
  package enum Outcome: String, Sendable, Codable, CaseIterable {
    case holds = "holds"
    case doesNotHold = "does not hold"
    case notApplicable = "not applicable at this scale"
    /// The claim could not be judged, for instance because rows are missing.
    case error = "error"
  }

  package let id: String
  package let statement: String
  package let source: String
  package let outcome: Outcome
  package let numbers: [ClaimVerdict.Number]
  package let remark: String?

  init(_ claim: Claim, _ outcome: Outcome, numbers: [ClaimVerdict.Number], remark: String?) {
    id = claim.id
    statement = claim.statement
    source = claim.source
    self.outcome = outcome
    self.numbers = numbers
    self.remark = remark
  }

  /// True when the statement is ours and not the paper's.
  package var isBeyondThePaper: Bool { source.hasPrefix(Claim.beyondThePaper) }

  /// True when the claim was judged false, or could not be judged.
  package var isFailure: Bool { outcome == .doesNotHold || outcome == .error }

  /// Which claim could not be judged, and why; `nil` for one that could.
  package var fault: String? { outcome == .error ? "\(id): \(remark ?? "")" : nil }
}

extension ClaimResult: CustomStringConvertible {
  /// One block for a terminal: the verdict, the statement, the numbers.
  package var description: String {
    var text = "\(outcome.rawValue.uppercased()): \(statement) [\(id), \(source)]"
    if !numbers.isEmpty { text += "\n    " + numbers.map { "\($0.name) = \($0.value)" }.joined(separator: ", ") }
    if let remark { text += "\n    \(remark)" }
    return text
  }
}
