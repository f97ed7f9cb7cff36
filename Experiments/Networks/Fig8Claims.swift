import ExperimentKit

/// The paper's statements about read and re-run time by the number of examples.
enum Fig8Claims {
  /// A point may lie so far from the least-squares line, as a share of the curve's largest time: on a shared machine single points are disturbed.
  private static let largestBend = 0.2

  static let all = [
    Claim(
      "fig8.linear",
      "Read and re-run time are linear in the number of examples: no median is further than a fifth of the curve's largest time from its least-squares line",
      source: "section 8.3, figure 8", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Fig8ReadVersusRerun.schemes.flatMap { scheme in
            try Fig8ReadVersusRerun.layers.map { layer in
              let curves = try Fig8Curves(table, scheme, layer)
              let bends = [("read", Fig8Curves.bend(curves.read)), ("re-run", Fig8Curves.bend(curves.rerun))]
              let bent = bends.filter { $0.1 > largestBend }.map { "\(scheme.name), layer \(layer), \($0.0)" }
              return ClaimVerdict(
                holds: bent.isEmpty,
                evidence: bends.map { .init(name: "\(scheme.name), layer \(layer), \($0.0): farthest point", value: $0.1) },
                remark: bent.isEmpty ? nil : "Bent: \(bent.joined(separator: ", ")).")
            }
          })
      }),
    crossing(
      .pool2, "fig8.cross-at-layer-1-only",
      "Stored under pool(2), reading and re-running cross at layer 1 (near 10,000 examples in the paper) and nowhere else: deeper layers are read faster"
    ),
    crossing(
      .fullGzip, "fig8.cross-at-layer-1-only-gzip",
      "Stored in full precision with the paper's gzip, reading and re-running cross at layer 1 and nowhere else: deeper layers are read faster"
    ),
    PlanQuality.rerunTakenClaim("fig8", source: "section 8.3, figure 8"),
    PlanQuality.regretClaim("fig8", excludesReading: true),
    PlanQuality.predictionClaim("fig8"),
    bothPredicted,
  ]

  /// As in the paper: at layer 1 few examples are read faster and many are re-run faster; elsewhere reading is faster always.
  private static func crossing(_ scheme: NamedScheme, _ id: String, _ statement: String) -> Claim {
    Claim(
      id, statement, source: "section 8.3, figure 8", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Fig8ReadVersusRerun.layers.map { layer in
            let curves = try Fig8Curves(table, scheme, layer)
            let ratios = zip(curves.read, curves.rerun).map { (images: $0.images, value: $1.seconds / $0.seconds) }
            let first = ratios[0], last = ratios[ratios.count - 1]
            let crosses = curves.crossings.count == 1 && first.value > 1 && last.value < 1
            let found = curves.crossings.map { "\(Quantity.plain($0)) images" }.joined(separator: ", ")
            return ClaimVerdict(
              holds: layer == 1 ? crosses : ratios.allSatisfy { $0.value > 1 },
              evidence: [first, last].map {
                .init(name: "layer \(layer), re-run / read at \(Quantity.plain($0.images)) images", value: $0.value)
              },
              remark: found.isEmpty ? (layer == 1 ? "Layer 1 does not cross." : nil) : "Layer \(layer) crosses at \(found).")
          })
      })
  }

  /// Figure 8 draws the predictions of both ways, not of the chosen one alone.
  private static let bothPredicted = Claim(
    "fig8.both-ways-predicted",
    "Reading and re-running are each predicted within a factor of 2 for at least 95 % of the points, chosen or not",
    source: "section 8.3, figure 8", scales: [.ci, .small, .paper],
    judge: { table in
      .all(
        try [("read", "readSeconds", "predictedReadSeconds"), ("re-run", "rerunSeconds", "predictedRerunSeconds")].map {
          way, measured, predicted in
          var missed: [String] = []
          var count = 0
          for scheme in Fig8ReadVersusRerun.schemes {
            for layer in Fig8ReadVersusRerun.layers {
              for images in try Fig8Curves.steps(table, scheme, layer) {
                let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer, "images": images]
                count += 1
                if try !PlanQuality.isWithin2x(table.median(predicted, where: place), of: table.median(measured, where: place)) {
                  missed.append("\(scheme.name) layer \(layer), \(images) images")
                }
              }
            }
          }
          let share = 1 - Double(missed.count) / Double(count)
          return ClaimVerdict(
            holds: share >= 0.95, evidence: [.init(name: "\(way), share within a factor of 2", value: share)],
            remark: missed.isEmpty ? nil : "\(way) missed: \(missed.prefix(5).joined(separator: "; "))\(missed.count > 5 ? "; ..." : "").")
        })
    })

  static let keyFigures = [
    KeyFigure("crossing at layer 1, pool(2) / full / gzip") { table in
      try Fig8ReadVersusRerun.schemes.map { scheme in
        try Fig8Curves(table, scheme, 1).crossings.first.map { "\(Quantity.plain($0)) images" } ?? "none"
      }.joined(separator: " / ")
    }
  ]
}
