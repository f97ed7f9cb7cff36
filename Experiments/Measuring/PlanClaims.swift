import ExperimentKit

/// What figures 5, 5a and 8 state of the planner.
extension PlanQuality {
  /// The most that the chosen plans may take beyond the faster ones, in all.
  private static let largestRegret = 1.05
  /// The share of questions that must be predicted within a factor of 2.
  private static let smallestShare = 0.95

  /// It fails where a system that always reads would do as well: a planner is judged by questions on which it must re-run. An experiment that has none by
  /// its nature, as figure 5a, gives the regret without a verdict.
  static func regretClaim(_ experiment: String) -> Claim {
    Claim(
      "\(experiment).plan_regret",
      "The chosen plans take at most 1.05 times what always taking the faster of reading and re-running would, and always reading would take more",
      source: "beyond the paper, of section 5.1's choice", scales: [.ci, .small, .paper],
      judge: { table in
        let quality = try PlanQuality(table)
        let isTrivial = quality.regretOfReading <= largestRegret
        let worst = quality.questions.filter { $0.chosenSeconds > 1.25 * $0.fastestSeconds }
          .sorted { $0.chosenSeconds - $0.fastestSeconds > $1.chosenSeconds - $1.fastestSeconds }.prefix(3)
        let remarks = [
          isTrivial ? "Always reading would take no more than the bound either." : nil,
          worst.isEmpty
            ? nil
            : "Slowest against the faster way: "
              + worst.map { "\($0.name) (\(Quantity.seconds($0.chosenSeconds)) for \(Quantity.seconds($0.fastestSeconds)))" }
              .joined(separator: ", ") + ".",
        ].compactMap { $0 }
        return ClaimVerdict(
          holds: quality.regret <= largestRegret && !isTrivial,
          numbers: [
            "chosen / fastest": quality.regret, "always reading / fastest": quality.regretOfReading,
            "always re-running / fastest": quality.regretOfRerunning, "questions": Double(quality.questions.count),
          ], remark: remarks.isEmpty ? nil : remarks.joined(separator: " "))
      })
  }

  static func predictionClaim(_ experiment: String) -> Claim {
    Claim(
      "\(experiment).predictions_within_2x",
      "What the chosen plan takes to fetch is predicted within a factor of 2 for at least 95 % of the questions, by medians",
      source: "beyond the paper, of section 8.3's validation", scales: [.ci, .small, .paper],
      judge: { table in
        let quality = try PlanQuality(table)
        return verdict(quality, quality.predictedQuestions, quality.questions.map { ($0.name, $0.median) })
      })
  }

  /// At scale ci questions take tenths of a millisecond, and a single one is disturbed too easily.
  static func askingClaim(_ experiment: String) -> Claim {
    Claim(
      "\(experiment).askings_within_2x",
      "What the chosen plan takes to fetch is predicted within a factor of 2 for at least 95 % of the times that questions are asked",
      source: "beyond the paper, of section 8.3's validation", scales: [.small, .paper],
      judge: { table in
        let quality = try PlanQuality(table)
        return verdict(
          quality, quality.predictedShare, quality.questions.flatMap { question in question.askings.map { (question.name, $0) } })
      })
  }

  private static func verdict(_ quality: PlanQuality, _ share: Double, _ all: [(name: String, asking: Asking)]) -> ClaimVerdict {
    let missed = all.filter { !$0.asking.isPredicted }
    let remark = missed.prefix(5).map { name, asking in
      "\(name) (\(Quantity.seconds(asking.predictedSeconds)) for \(Quantity.seconds(asking.fetchedSeconds)))"
    }
    return ClaimVerdict(
      holds: share >= smallestShare,
      numbers: [
        "share within a factor of 2": share, "of all times": quality.predictedShare,
        "of the first times alone": quality.firstPredictedShare,
        "questions": Double(quality.questions.count),
      ],
      remark: missed.isEmpty ? nil : "Missed: \(remark.joined(separator: ", "))\(missed.count > 5 ? ", ..." : "").")
  }

  /// Re-running is really faster somewhere, by more than a tenth, and the chosen plans take no longer there, in all: single questions are disturbed on a
  /// shared machine. A system that always reads fails it.
  static func rerunTakenClaim(_ experiment: String, source: String) -> Claim {
    Claim(
      "\(experiment).rerun-taken-where-faster",
      "Some questions are answered faster by re-running (by more than a tenth), and there the chosen plans take at most 1.1 times as long, in all",
      source: source, scales: [.ci, .small, .paper],
      judge: { table in
        let quality = try PlanQuality(table)
        let won = quality.questions.filter { 1.1 * $0.rerunSeconds < $0.readSeconds }
        guard !won.isEmpty else {
          let nearest = quality.questions.map { $0.rerunSeconds / $0.readSeconds }.min() ?? 0
          return ClaimVerdict(holds: false, numbers: ["smallest re-run / read": nearest], remark: "Reading wins everywhere.")
        }
        let total = { (seconds: (Question) -> Double) in won.reduce(0) { $0 + seconds($1) } }
        let read = won.filter(\.isRead).map(\.name)
        return ClaimVerdict(
          holds: total(\.chosenSeconds) <= 1.1 * total(\.rerunSeconds),
          evidence: [
            .init(name: "chosen / re-run, where re-running is faster", value: total(\.chosenSeconds) / total(\.rerunSeconds)),
            .init(name: "read / re-run there", value: total(\.readSeconds) / total(\.rerunSeconds)),
          ] + won.map { .init(name: "\($0.name), read / re-run", value: $0.readSeconds / $0.rerunSeconds) },
          remark: read.isEmpty ? nil : "Read all the same: \(read.joined(separator: ", ")).")
      })
  }
}
