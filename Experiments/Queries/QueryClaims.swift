import ExperimentKit

/// What both halves of figure 5 state and read from their rows.
enum QueryClaims {
  static func targets(_ table: MeasurementTable) throws -> [String] { try table.values(of: "target") }
  static func queries(_ table: MeasurementTable) throws -> [String] { try table.values(of: "query") }

  static func median(_ table: MeasurementTable, _ metric: String, _ target: String, _ query: String) throws -> Double {
    try table.median(metric, where: ["target": target, "query": query])
  }

  /// Re-run over warm read of each query, as the numbers behind a verdict.
  static func speedUps(_ table: MeasurementTable, _ target: String, _ queries: [String]) throws -> [ClaimVerdict.Number] {
    try queries.map { ClaimVerdict.Number(name: "\($0) re-run / read", value: try median(table, "speedUp", target, $0)) }
  }

  static func readEqualsRerun(_ experiment: String) -> Claim {
    Claim(
      "\(experiment).read-equals-rerun", "A read gives the values of a re-run, bit for bit",
      source: "section 4 (what makes the choice free)",
      judge: { table in
        let reads = try table.filter("identicalReads").rows.map(\.value.double)
        return ClaimVerdict(holds: reads.allSatisfy { $0 > 0 } && !reads.isEmpty, numbers: ["reads compared": reads.reduce(0, +)])
      })
  }

  static func planIsFaster(_ experiment: String) -> Claim {
    Claim(
      "\(experiment).plan-is-faster", "The chosen plan is the faster one (or less than a tenth slower)", source: "section 4",
      scales: [.ci, .small, .paper],
      judge: { table in
        var (right, total) = (0.0, 0.0)
        var wrong: [String] = []
        for target in try targets(table) {
          for query in try queries(table) {
            let read = try median(table, "readSeconds", target, query)
            let rerun = try median(table, "rerunSeconds", target, query)
            let chosen = try median(table, "chosenRead", target, query) == 1 ? read : rerun
            total += 1
            if chosen <= 1.1 * min(read, rerun) { right += 1 } else { wrong.append("\(target) \(query)") }
          }
        }
        return ClaimVerdict(
          holds: right == total, numbers: ["chosen rightly": right, "of": total],
          remark: wrong.isEmpty ? nil : wrong.joined(separator: ", "))
      })
  }

  /// From the smallest to the largest speed-up of a target.
  static func range(_ table: MeasurementTable, _ target: String) throws -> String {
    let ratios = try speedUps(table, target, try queries(table)).map(\.value)
    return "\(Quantity.ratio(ratios.min() ?? 0)) to \(Quantity.ratio(ratios.max() ?? 0))"
  }
}
