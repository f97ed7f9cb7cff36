import ExperimentKit

/// The paper's statements about figure 5, over the rows.
enum Fig5Claims {
  static func targets(_ table: MeasurementTable) throws -> [String] { try table.values(of: "target") }
  static func queries(_ table: MeasurementTable) throws -> [String] { try table.values(of: "query") }

  private static func median(_ table: MeasurementTable, _ metric: String, _ target: String, _ query: String) throws -> Double {
    try table.median(metric, where: ["target": target, "query": query])
  }

  private static func layers(_ table: MeasurementTable) throws -> [String] { try targets(table).filter { $0.hasPrefix("layer") } }

  static let all = [
    Claim(
      "fig5.read-equals-rerun", "A read gives the values of a re-run, bit for bit", source: "section 4 (what makes the choice free)",
      judge: { table in
        let reads = try table.filter("identicalReads").rows.map(\.value.double)
        return ClaimVerdict(holds: reads.allSatisfy { $0 > 0 } && !reads.isEmpty, numbers: ["reads compared": reads.reduce(0, +)])
      }),
    Claim(
      "fig5.pipeline-speed-up", "Reading a pipeline's intermediates is 2.5 to 390 times as fast as re-running it",
      source: "section 8.1, figure 5a",
      judge: { table in
        let target = PipelineQueries.target
        let ratios = try queries(table).map { ClaimVerdict.Number(name: $0, value: try median(table, "speedUp", target, $0)) }
        return ClaimVerdict(holds: ratios.allSatisfy { $0.value >= 2.5 }, evidence: ratios)
      }),
    Claim(
      "fig5.last-layer-speed-up", "Reading the last layer is much faster than re-running (60-210 times in the paper's VGG16)",
      source: "section 8.1, figure 5b",
      judge: { table in
        let target = try layers(table).last ?? ""
        let ratios = try queries(table).map { ClaimVerdict.Number(name: $0, value: try median(table, "speedUp", target, $0)) }
        return ClaimVerdict(holds: ratios.allSatisfy { $0.value > 1 }, evidence: ratios)
      }),
    Claim(
      "fig5.first-layer-rerun",
      "At the first layer re-running is faster than reading for queries over many rows (up to 2.5 times in the paper)",
      source: "section 8.1, figure 5d",
      judge: { table in
        let target = try layers(table).first ?? ""
        let many = try queries(table).filter { $0 != "POINTQ" }
        let ratios = try many.map { ClaimVerdict.Number(name: "\($0) re-run / read", value: try median(table, "speedUp", target, $0)) }
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
          try layers(table).map { ClaimVerdict.Number(name: "\(query) \($0) (s)", value: try median(table, "rerunSeconds", $0, query)) }
        }
        let grows = series.allSatisfy { times in zip(times, times.dropFirst()).allSatisfy { $1.value >= 0.9 * $0.value } }
        return ClaimVerdict(holds: grows, evidence: series.flatMap { $0 })
      }),
    Claim(
      "fig5.plan-is-faster", "The chosen plan is the faster one (or less than a tenth slower)", source: "section 4",
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
      }),
  ]

  static let keyFigures = [
    KeyFigure("pipeline speed-up") { table in
      let ratios = try queries(table).map { try median(table, "speedUp", PipelineQueries.target, $0) }
      return "\(Quantity.ratio(ratios.min() ?? 0)) to \(Quantity.ratio(ratios.max() ?? 0))"
    },
    KeyFigure("last layer speed-up") { table in
      let ratios = try queries(table).map { try median(table, "speedUp", try layers(table).last ?? "", $0) }
      return "\(Quantity.ratio(ratios.min() ?? 0)) to \(Quantity.ratio(ratios.max() ?? 0))"
    },
  ]
}
