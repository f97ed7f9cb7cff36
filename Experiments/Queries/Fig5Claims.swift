import ExperimentKit

/// The paper's statements about a network's query times, over the rows.
enum Fig5Claims {
  static let all = [
    QueryClaims.readEqualsRerun("fig5"),
    Claim(
      "fig5.last-layer-speed-up", "Reading the last layer is much faster than re-running (60-210 times in the paper's VGG16)",
      source: "section 8.1, figure 5b",
      judge: { table in
        let ratios = try QueryClaims.speedUps(table, try QueryClaims.targets(table).last ?? "", try QueryClaims.queries(table))
        return ClaimVerdict(holds: ratios.allSatisfy { $0.value > 1 }, evidence: ratios)
      }),
    Claim(
      "fig5.first-layer-rerun",
      "At the first layer re-running is faster than reading for queries over many rows (up to 2.5 times in the paper)",
      source: "section 8.1, figure 5d",
      judge: { table in
        let many = try QueryClaims.queries(table).filter { $0 != "POINTQ" }
        let ratios = try QueryClaims.speedUps(table, try QueryClaims.targets(table).first ?? "", many)
        return ClaimVerdict(
          holds: ratios.allSatisfy { $0.value < 1 }, evidence: ratios,
          remark: ratios.allSatisfy { $0.value < 1 }
            ? nil : "Frames hold single maps, so that one neuron's column is read without its layer.")
      }),
    Claim(
      "fig5.rerun-grows-with-depth",
      "The cost of re-running grows with the depth of the layer (a tenth is allowed for noise between neighbours)",
      source: "section 8.1, figures 5 and 7a",
      scales: [.ci, .small, .paper],
      judge: { table in
        // TOPK and COL_DIST do little but fetch one neuron over all images; VIS adds a computation of its own.
        let series = try ["TOPK", "COL_DIST"].map { query in
          try QueryClaims.targets(table).map {
            ClaimVerdict.Number(name: "\(query) \($0) (s)", value: try QueryClaims.median(table, "rerunSeconds", $0, query))
          }
        }
        let grows = series.allSatisfy { times in zip(times, times.dropFirst()).allSatisfy { $1.value >= 0.9 * $0.value } }
        return ClaimVerdict(holds: grows, evidence: series.flatMap { $0 })
      }),
    QueryClaims.planIsFaster("fig5"),
  ]

  static let keyFigures = [
    KeyFigure("last layer speed-up") { try QueryClaims.range($0, try QueryClaims.targets($0).last ?? "") }
  ]
}
