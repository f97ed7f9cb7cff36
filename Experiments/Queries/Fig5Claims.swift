import ExperimentKit

/// The paper's statements about a network's query times, over the rows. The paper's own numbers are of pool(2), its default scheme.
enum Fig5Claims {
  private static let pool2 = ["scheme": NamedScheme.pool2.name]
  private static let full = ["scheme": NamedScheme.full.name]
  private static let queries = ["POINTQ", "TOPK", "COL_DIFF", "COL_DIST", "KNN", "ROW_DIFF", "SVCCA", "VIS"]
  private static let manyRows = ["TOPK", "COL_DIFF", "COL_DIST", "KNN", "VIS"]

  static let all = [
    fasterBy(
      60, layer: 21, "fig5.last-layer-60x",
      "Stored under pool(2), layer 21 is read, warm or cold, at least 60 times as fast as re-run (60 to 210 times in the paper)",
      source: "section 8.1, figure 5b"),
    fasterBy(
      2, layer: 11, "fig5.middle-layer-2x",
      "Stored under pool(2), layer 11 is read, warm or cold, at least twice as fast as re-run (2 to 42 times in the paper)",
      source: "section 8.1, figure 5c"),
    firstLayer(.pool2, "fig5.first-layer-rerun", "At layer 1, stored under pool(2) in our encodings,"),
    firstLayer(
      .pool2Gzip, "fig5.first-layer-rerun-pool2-gzip", "At layer 1, stored under pool(2) with gzip, the paper's scheme and codec,"),
    firstLayerInGzip,
    PlanQuality.rerunTakenClaim("fig5", source: "beyond the paper, of figure 5d"),
    computingDominates,
    Claim(
      "fig5.rerun-grows-with-depth",
      "The cost of re-running grows with the depth of the layer: TOPK, COL_DIFF, COL_DIST, KNN and VIS, which fetch one layer of all images, over layers 1, 11 and 21 under pool(2) (a tenth is allowed for noise, which is ours)",
      source: "section 8.1, figures 5 and 7a: 6.6, 8.8 and 11.0 s", scales: [.ci, .small, .paper],
      judge: { table in
        // The five that fetch one layer over all images: POINTQ and ROW_DIFF fetch a row or two, and SVCCA fetches two layers.
        .all(
          try manyRows.map { query in
            let times = try NetworkQueries.layers.sorted().map { layer in
              ClaimVerdict.Number(name: "\(query) layer \(layer) (s)", value: try seconds(table, "rerunFetchSeconds", layer, query))
            }
            return ClaimVerdict(holds: zip(times, times.dropFirst()).allSatisfy { $1.value >= 0.9 * $0.value }, evidence: times)
          })
      }),
    QueryClaims.planIsFaster("fig5"),
    QueryClaims.pointIsQuick("fig5"),
    PlanQuality.regretClaim("fig5"),
    PlanQuality.predictionClaim("fig5"),
    PlanQuality.askingClaim("fig5"),
  ]

  static let keyFigures = [
    KeyFigure("layer 21 speed-up, pool(2), warm, with the model in memory") { try QueryClaims.range($0, NetworkQueries.target(21), pool2) },
    KeyFigure("layer 1 speed-up, full precision, warm, with the model in memory") {
      try QueryClaims.range($0, NetworkQueries.target(1), full)
    },
    KeyFigure("plan regret") { Quantity.plain(try PlanQuality($0).regret) },
  ]

  private static func seconds(_ table: MeasurementTable, _ metric: String, _ layer: Int, _ query: String) throws -> Double {
    try QueryClaims.median(table, metric, NetworkQueries.target(layer), query, pool2)
  }

  private static func fasterBy(_ factor: Double, layer: Int, _ id: String, _ statement: String, source: String) -> Claim {
    Claim(
      id, statement, source: source, scales: [.ci, .small, .paper],
      judge: { table in
        let target = NetworkQueries.target(layer)
        let ratios = try QueryClaims.speedUpsWarmAndCold(table, target, queries, pool2)
        let short = ratios.filter { $0.value < factor }.map { "\($0.name) (\(Quantity.ratio($0.value)))" }
        return ClaimVerdict(
          holds: short.isEmpty, evidence: ratios, remark: short.isEmpty ? nil : "Less: \(short.joined(separator: ", ")).")
      })
  }

  private static func firstLayer(_ scheme: NamedScheme, _ id: String, _ stored: String) -> Claim {
    Claim(
      id,
      "\(stored) re-running is faster than reading for TOPK, COL_DIFF, COL_DIST, KNN and VIS, the questions over many rows (up to 2.5 times in the paper), and is chosen",
      source: "section 8.1, figure 5d; SVCCA, which mostly computes there, has a statement of its own", scales: [.ci, .small, .paper],
      judge: { table in
        let target = NetworkQueries.target(1)
        // The re-run loads the model, as the paper's does.
        let all = try QueryClaims.speedUpsWarmAndCold(table, target, manyRows, ["scheme": scheme.name])
        let areChosen = try manyRows.allSatisfy { try QueryClaims.median(table, "chosenRead", target, $0, ["scheme": scheme.name]) < 1 }
        func seconds(_ metric: String, _ query: String, _ scheme: NamedScheme) throws -> String {
          Quantity.seconds(try QueryClaims.median(table, metric, target, query, ["scheme": scheme.name]))
        }
        let reads = try [NamedScheme.pool2, .pool2Gzip, .fullGzip].map { "\(try seconds("readSeconds", "VIS", $0)) \($0.words)" }
        return try ClaimVerdict(holds: all.allSatisfy { $0.value < 1 } && areChosen, evidence: all).because(
          "A frame holds the maps of one neuron, so that TOPK reads it without its layer, in \(seconds("readSeconds", "TOPK", scheme)). VIS reads the whole layer: "
            + "\(reads.joined(separator: ", ")); re-running takes \(seconds("rerunSeconds", "VIS", scheme)), the loading of the model left out."
        )
      })
  }

  /// What the paper found of pool(2) in its store is looked for where ours is as slow: whole layers in full precision, compressed as the paper did.
  private static let firstLayerInGzip = Claim(
    "fig5.first-layer-rerun-gzip",
    "At layer 1, in full precision with the paper's gzip, re-running with the model in memory is faster than reading all columns of many rows (up to 2.5 times in the paper), and is chosen",
    source: "beyond the paper, whose figure 5d is of pool(2)", scales: [.ci, .small, .paper],
    judge: { table in
      let (target, gzip) = (NetworkQueries.target(1), ["scheme": NamedScheme.fullGzip.name])
      let images = try table.count("images", where: gzip)
      // KNN also fetches the logits of ten images: re-running those too loads the model once more, so that its best plan is neither.
      let (rerun, read) = (
        try QueryClaims.median(table, "rerunSeconds", target, "VIS", gzip),
        try QueryClaims.median(table, "readSeconds", target, "VIS", gzip)
      )
      let (chosen, isRead) = (
        try QueryClaims.median(table, "chosenSeconds", target, "KNN", gzip),
        try QueryClaims.median(table, "chosenRead", target, "VIS", gzip)
      )
      let neighbours = try QueryClaims.median(table, "readSeconds", target, "KNN", gzip)
      return ClaimVerdict(
        holds: rerun < read && isRead == 0 && chosen < neighbours,
        numbers: [
          "VIS, read / re-run": read / rerun, "VIS, read by the chosen plan": isRead, "KNN, read / chosen": neighbours / chosen,
          "images": Double(images),
        ])
    })

  /// By reading, which has the smaller fetching time: re-running can only have a smaller share of computing.
  private static let computingDominates = Claim(
    "fig5.svcca-computing", "Computing is 99 % of the time of SVCCA on layer 1, stored under pool(2), however it is fetched",
    source: "section 8.1, figure 5d",
    scales: [.small, .paper],
    judge: { table in
      let target = NetworkQueries.target(1)
      let computing = try seconds(table, "computeSeconds", 1, "SVCCA")
      let shares = try ["read", "rerun"].map { way in
        let fetching = try QueryClaims.median(table, "\(way)FetchSeconds", target, "SVCCA", pool2)
        return ClaimVerdict.Number(name: "computing / all, \(way)", value: computing / (computing + fetching))
      }
      let images = try table.value("images", where: pool2)
      let fetching = try ["read", "rerun"].map {
        Quantity.seconds(try QueryClaims.median(table, "\($0)FetchSeconds", target, "SVCCA", pool2))
      }
      return ClaimVerdict(
        holds: shares.allSatisfy { $0.value >= 0.99 }, evidence: shares + [.init(name: "images, in the paper 50,000", value: images)]
      ).because(
        "Of \(Quantity.grouped(Int(images))) images computing takes \(Quantity.seconds(computing)), reading \(fetching[0]), re-running to the logits \(fetching[1])."
      )
    })
}
