import ExperimentKit

/// The paper's statements about adaptive materialization, over the rows.
enum Fig10Claims {
  private static func number(_ name: String, _ value: Double) -> ClaimVerdict.Number { .init(name: name, value: value) }

  private static func isAdaptive(_ policy: AdaptivePolicy) -> Bool { if case .gamma = policy.kind { !policy.isCold } else { false } }

  /// The one gamma by which all that the paper says of adaptive materialization is judged: the largest that finds anything worth storing, as the paper's
  /// own finds nothing where re-running takes tenths of a second. An adaptive store that nobody asked stores nothing and proves nothing.
  private static func judged(_ rows: Fig10Rows) throws -> AdaptivePolicy? {
    try rows.policies(where: isAdaptive).last { try rows.materialized($0) > 0 }
  }

  /// That policy with its questions asked warm, and cold where the rows have it.
  ///
  /// - Parameter evidence: what is shown where nothing was stored.
  private static func warmAndCold(
    _ rows: Fig10Rows, orElse evidence: [ClaimVerdict.Number] = [], judge: (AdaptivePolicy) throws -> ClaimVerdict
  ) throws -> ClaimVerdict {
    guard let policy = try judged(rows) else { return nothingStored(evidence) }
    return .all(
      try ([policy] + [rows.cold(policy)].compactMap(\.self)).map { policy in
        let stored = try rows.materialized(policy)
        return stored > 0 ? try judge(policy) : nothingStored([number("\(policy.name), intermediates stored", Double(stored))])
      })
  }

  private static func words(_ policy: AdaptivePolicy) -> String {
    guard case .gamma(let secondsPerGB) = policy.kind else { return policy.name }
    return "a gamma of \(Int(secondsPerGB)) s/GB" + (policy.isCold ? ", asked cold" : "")
  }

  private static func nothingStored(_ evidence: [ClaimVerdict.Number]) -> ClaimVerdict {
    ClaimVerdict(
      holds: false, evidence: evidence.isEmpty ? [number("intermediates stored", 0)] : evidence,
      remark: "Questions have made nothing worth storing.")
  }

  static let all = [
    Claim(
      "fig10.adaptive-least",
      "Adaptive materialization stores a 33rd of DEDUP's bytes or less, and DEDUP less than STORE_ALL: 0.2, 6.7 and 67 GB",
      source: "section 8.5, figure 10",
      judge: { table in
        let rows = Fig10Rows(table)
        let papers = try rows.papers()
        let (dedup, all) = (try rows.lastBytes(papers.dedup), try rows.lastBytes(papers.storeAll))
        let rest = [number("\(papers.dedup.name), bytes", dedup), number("\(papers.storeAll.name), bytes", all)]
        return try warmAndCold(rows, orElse: rest) { policy in
          let bytes = try rows.lastBytes(policy)
          return ClaimVerdict(
            holds: bytes <= dedup * 0.2 / 6.7 && dedup < all,
            evidence: [
              number("\(policy.name), bytes", bytes), number("\(policy.name), intermediates stored", Double(try rows.materialized(policy))),
            ] + rest,
            remark: "Under \(words(policy)), of \(AdaptiveMeasurement.pipelines.count) pipelines; the paper's bytes are of fifty.")
        }
      }),
    Claim(
      "fig10.never-more-than-dedup", "Adaptive materialization takes less than DEDUP, whatever gamma",
      source: "beyond the paper, after section 8.5",
      judge: { table in
        let rows = Fig10Rows(table)
        let dedup = try rows.lastBytes(.dedup)
        let adaptive = try rows.policies(where: isAdaptive)
        let shares = try adaptive.map { number("\($0.name), bytes / DEDUP", try rows.lastBytes($0) / dedup) }
        let stored = try adaptive.map { try rows.materialized($0) }.max() ?? 0
        let holds = stored > 0 && shares.allSatisfy { $0.value < 1 }
        return ClaimVerdict(
          holds: holds, evidence: shares + [number("intermediates stored, most", Double(stored))],
          remark: holds
            ? nil
            : "DEDUP keeps a column that stages pass on once, with the rows picked of it; an intermediate that is stored by itself keeps its own."
        )
      }),
    timesFall("VIS", from: 20, to: 1.7),
    timesFall("COL_DIFF", from: 75, to: 26),
    Claim(
      "fig10.unstored-stays-flat",
      "A question about what is not worth storing stays as slow: COL_DIST runs as many stages the last time as the first, under the gamma that stores something for others",
      source: "section 8.5, figure 10: COL_DIST flat at 14.5 s", scales: [.ci, .small, .paper],
      judge: { table in
        let rows = Fig10Rows(table)
        return try warmAndCold(rows) { policy in
          let times = try rows.seconds(of: "COL_DIST", policy).map(\.value)
          let stages = try rows.series("stages", policy).filter { $0.query == "COL_DIST" }.map(\.value)
          guard let first = stages.first, let last = stages.last, times.count > 1 else {
            throw MeasurementError.absent("querySeconds", at: "policy=\(policy.name), COL_DIST, twice", present: [])
          }
          return ClaimVerdict(
            holds: last > 0 && last == first,
            evidence: [
              number("\(policy.name), times asked", Double(times.count)), number("stages run, first", first),
              number("stages run, last", last),
              number("last / first, time", times[times.count - 1] / times[0]),
              number("intermediates stored for others", Double(try rows.materialized(policy))),
            ],
            remark: "Under \(words(policy))."
          ).because(last < first ? "There it became worth storing." : nil)
        }
      }),
    Claim(
      "fig10.nearly-as-fast",
      "Some gamma or budget takes at most 1.2 times DEDUP's time, logging and 25 questions, at under a tenth of STORE_ALL's bytes",
      source: "beyond the paper, after section 8.5",
      judge: { table in
        let rows = Fig10Rows(table)
        let (all, dedup) = (try rows.lastBytes(.storeAll), try rows.totalSeconds(.dedup))
        let candidates = try rows.policies { !$0.isEager && !$0.isCold }.map { policy in
          (
            policy, bytes: try rows.lastBytes(policy) / all, time: try rows.totalSeconds(policy) / dedup,
            questions: try rows.questionSeconds(policy) / rows.questionSeconds(.dedup)
          )
        }
        let holding = candidates.filter { $0.bytes < 0.1 && $0.time <= 1.2 }
        return ClaimVerdict(
          holds: !holding.isEmpty,
          evidence: candidates.flatMap {
            [
              number("\($0.0.name), bytes / STORE_ALL", $0.bytes), number("\($0.0.name), time / DEDUP", $0.time),
              number("\($0.0.name), questions alone / DEDUP", $0.questions),
            ]
          })
      }),
    Claim(
      "fig10.budget-kept", "A store keeps to its budget, after logging and after every question",
      source: "beyond the paper, after section 5.2",
      judge: { table in
        let rows = Fig10Rows(table)
        let budgets = try rows.policies { if case .budget = $0.kind { true } else { false } }
        let shares = try budgets.map { number("\($0.name), fullest share", try rows.fullestShare($0)) }
        let asked = try budgets.map { Double(try rows.series("querySeconds", $0).count) }
        // A store that nobody asked keeps to any budget.
        let stored = try budgets.map { Double(try rows.materialized($0)) }
        let facts = [number("questions, fewest", asked.min() ?? 0), number("intermediates stored, fewest", stored.min() ?? 0)]
        return ClaimVerdict(
          holds: !budgets.isEmpty && shares.allSatisfy { $0.value <= 1 } && facts.allSatisfy { $0.value > 0 }, evidence: shares + facts)
      }),
  ]

  private static func timesFall(_ query: String, from first: Double, to last: Double) -> Claim {
    Claim(
      "fig10.\(query.lowercased().replacing("_", with: "-"))-falls",
      "\(query) becomes faster as it is repeated, at least as much as in the paper: from \(Quantity.plain(first)) to \(Quantity.plain(last)) s",
      source: "section 8.5, figure 10", scales: [.ci, .small, .paper],
      judge: { table in
        let rows = Fig10Rows(table)
        return try warmAndCold(rows) { try fall(of: query, atMost: last / first, under: $0, rows) }
      })
  }

  private static func fall(of query: String, atMost papers: Double, under policy: AdaptivePolicy, _ rows: Fig10Rows) throws -> ClaimVerdict
  {
    let adaptive = try rows.policies {
      if case .gamma = $0.kind { $0.isCold == policy.isCold } else { false }
    }
    let times = try rows.seconds(of: query, policy).map(\.value)
    // The first answer may include storing, which is paid only once. The fastest first answer of all these policies includes the least of it. It may gain from
    // what another question has stored before, which makes the fall look smaller, never greater.
    let fastestFirst = try adaptive.compactMap { try rows.seconds(of: query, $0).first?.value }.min()
    func gain(_ times: [Double], over first: Double?) -> Double {
      guard times.count >= 2, let first, first > 0 else { return 1 }
      return times[times.count - 1] / first
    }
    let ratio = gain(times, over: fastestFirst)
    let stored = try rows.materialized(policy)
    var evidence = [
      number("\(policy.name), \(query), times asked", Double(times.count)), number("last / first, storing left out", ratio),
      number("last / first", gain(times, over: times.first)), number("last / first in the paper", papers),
      number("intermediates stored", Double(stored)),
    ]
    if let eager = adaptive.first {
      evidence += [
        number("\(eager.name), last / first, storing left out", gain(try rows.seconds(of: query, eager).map(\.value), over: fastestFirst)),
        number("\(eager.name), bytes / DEDUP", try rows.lastBytes(eager) / rows.lastBytes(.dedup)),
      ]
    }
    let verdict = ClaimVerdict(holds: ratio <= papers && stored > 0, evidence: evidence)
    let whenStored = try rows.seconds(of: query, policy.isCold ? .dedup.cold : .dedup).last?.value
    guard let atFirst = times.first, let atLast = times.last, let whenStored else { return verdict }
    return verdict.because(
      "Under \(words(policy)). It took \(Quantity.seconds(atFirst)) when first asked and \(Quantity.seconds(atLast)) at last; under DEDUP, which has everything "
        + "stored, \(Quantity.seconds(whenStored)).")
  }

  static let keyFigures = [
    KeyFigure("smallest gamma: bytes / STORE_ALL, time / DEDUP") { table in
      let rows = Fig10Rows(table)
      let eager = try rows.policies(where: isAdaptive)[0]
      let bytes = try rows.lastBytes(eager) / rows.lastBytes(.storeAll)
      return "\(Quantity.percent(bytes)), \(Quantity.ratio(try rows.totalSeconds(eager) / rows.totalSeconds(.dedup)))"
    },
    KeyFigure("intermediates stored, by gamma") { table in
      let rows = Fig10Rows(table)
      return try rows.policies(where: isAdaptive).map { "\(try rows.materialized($0))" }.joined(separator: ", ")
    },
  ]
}
