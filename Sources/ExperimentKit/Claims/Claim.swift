/// A qualitative statement of the paper as a predicate over an experiment's rows.
///
/// It sees nothing but the rows, so it can be judged again from the files of any run.
package struct Claim: Sendable {
  /// Short and stable, e.g. `fig6.dedup-not-larger`.
  package let id: String
  /// The statement as the paper means it, one sentence.
  package let statement: String
  /// Where in the paper; begins with `beyondThePaper` where the paper does not say it.
  package let source: String
  /// The scales at which the statement means something.
  package let scales: Set<Scale>
  /// Judges the rows. Throwing, for instance because a row is missing, is an error and never a verdict.
  package let judge: @Sendable (MeasurementTable) throws -> ClaimVerdict

  /// How the source of a statement begins that is ours and not the paper's. Such statements are listed and counted apart.
  package static let beyondThePaper = "beyond the paper"

  /// The remark of a statement that does not hold where nothing was measured that tells why.
  package static let noCause = "Why was not measured."

  package init(
    _ id: String, _ statement: String, source: String, scales: Set<Scale> = Set(Scale.allCases),
    judge: @escaping @Sendable (MeasurementTable) throws -> ClaimVerdict
  ) {
    self.id = id
    self.statement = statement
    self.source = source
    self.scales = scales
    self.judge = judge
  }

  /// The claim's result for the rows of a run at `scale`. Never throws: an error is a result, and is shown as one.
  package func result(for table: MeasurementTable, at scale: Scale) -> ClaimResult {
    guard scales.contains(scale) else { return ClaimResult(self, .notApplicable, numbers: [], remark: nil) }
    do {
      let verdict = try judge(table)
      guard !verdict.numbers.isEmpty else {
        return ClaimResult(self, .error, numbers: [], remark: "The rows hold none of its numbers.")
      }
      if let broken = verdict.numbers.first(where: { !$0.value.isFinite }) {
        return ClaimResult(self, .error, numbers: [], remark: "The number '\(broken.name)' behind it is \(broken.value).")
      }
      // A statement that does not hold has a cause that was measured, or says that none was.
      let remark = verdict.holds || verdict.isExplained ? verdict.remark : verdict.noting(Self.noCause).remark
      return ClaimResult(self, verdict.holds ? .holds : .doesNotHold, numbers: verdict.numbers, remark: remark)
    } catch let error as NotMeasured {
      return ClaimResult(self, .notApplicable, numbers: [], remark: error.description)
    } catch {
      return ClaimResult(self, .error, numbers: [], remark: "\(error)")
    }
  }
}

/// Thrown by a claim that these rows cannot judge, though their scale could: they are of a run of before, which measured less.
package struct NotMeasured: Error, CustomStringConvertible {
  private let what: String

  /// - Parameter what: what is not among the rows, such as `cold reads`.
  package init(_ what: String) { self.what = what }

  package var description: String { "Not judged: \(what) are not among these rows." }
}

extension [Claim] {
  /// What became of each, for the rows of a run at `scale`.
  package func results(for table: MeasurementTable, at scale: Scale) -> [ClaimResult] { map { $0.result(for: table, at: scale) } }
}

/// Whether a claim holds, and the numbers that say so.
package struct ClaimVerdict: Sendable, Equatable {
  /// One number behind a verdict.
  package struct Number: Sendable, Equatable, Codable {
    package let name: String
    package let value: Double

    package init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  package let holds: Bool
  package let numbers: [Number]
  /// What the numbers alone do not say, e.g. which layer broke the order.
  package let remark: String?
  /// Whether the remark has why it does not hold, as was measured; `because(_:)` says it.
  package private(set) var isExplained = false

  /// A verdict without numbers is none: the claim is in error.
  package init(holds: Bool, numbers: KeyValuePairs<String, Double>, remark: String? = nil) {
    self.init(holds: holds, evidence: numbers.map { Number(name: $0.key, value: $0.value) }, remark: remark)
  }

  /// As above, with numbers that were computed in a loop.
  package init(holds: Bool, evidence: [Number], remark: String? = nil) {
    self.holds = holds
    self.numbers = evidence
    self.remark = remark
  }

  /// The verdict with why it does not hold after its remark; a verdict that holds is left as it is, and `cause` is not asked for.
  ///
  /// - Parameter cause: what a measurement shows; nil where the rows do not have one. What says the numbers in other words is no cause.
  package func because(_ cause: @autoclosure () throws -> String?) rethrows -> ClaimVerdict {
    guard !holds, let cause = try cause() else { return self }
    var verdict = noting(cause)
    verdict.isExplained = true
    return verdict
  }

  /// The verdict with more after its remark, which is no cause.
  package func noting(_ note: String) -> ClaimVerdict {
    var verdict = ClaimVerdict(holds: holds, evidence: numbers, remark: remark.map { "\($0) \(note)" } ?? note)
    verdict.isExplained = isExplained
    return verdict
  }

  /// Holds when each number is strictly larger than the next; the remark names the first pair that is not.
  package static func descending(_ numbers: [(name: String, value: Double)]) -> ClaimVerdict {
    ordered(numbers, by: >, word: "not larger than")
  }

  /// Holds when no number is smaller than the one before; the remark names the first pair that breaks the order.
  package static func notDescending(_ numbers: [(name: String, value: Double)]) -> ClaimVerdict {
    ordered(numbers, by: <=, word: "larger than")
  }

  private static func ordered(
    _ numbers: [(name: String, value: Double)], by inOrder: (Double, Double) -> Bool, word: String
  ) -> ClaimVerdict {
    let broken = zip(numbers, numbers.dropFirst()).first { !inOrder($0.value, $1.value) }
    let remark = broken.map { "\($0.name) (\(text($0.value))) is \(word) \($1.name) (\(text($1.value)))." }
    return ClaimVerdict(holds: broken == nil, evidence: numbers.map(Number.init), remark: remark)
  }

  private static func text(_ value: Double) -> String {
    abs(value) >= 1e4 && abs(value) < 1e15 ? Quantity.grouped(Int64(value.rounded())) : Quantity.plain(value)
  }

  /// Holds when every verdict does; keeps all their numbers and remarks, each remark once. It is explained when all are that do not hold.
  package static func all(_ verdicts: [ClaimVerdict]) -> ClaimVerdict {
    var seen: Set<String> = []
    let remarks = verdicts.compactMap(\.remark).filter { seen.insert($0).inserted }
    var whole = ClaimVerdict(
      holds: verdicts.allSatisfy(\.holds), evidence: verdicts.flatMap(\.numbers),
      remark: remarks.isEmpty ? nil : remarks.joined(separator: " "))
    whole.isExplained = verdicts.allSatisfy { $0.holds || $0.isExplained }
    return whole
  }
}
