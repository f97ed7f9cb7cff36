import ExperimentKit

/// The paper's statements about SVCCA on quantized intermediates, and their figure. Each is judged with the paper's directions and with capped ones.
enum Table2Claims {
  typealias Directions = Table2SVCCA.Directions

  /// Table 2 of the paper.
  private static let paper: [String: [Int: Double]] = [
    "full": [6: 0.8886, 11: 0.9185, 16: 0.7891, 19: 0.8182], "8BIT": [6: 0.8868, 11: 0.9176, 16: 0.787, 19: 0.8182],
    "pool(2)": [6: 0.6098, 11: 0.7085, 16: 0.7464, 19: 0.8086],
  ]

  private static func mean(_ table: MeasurementTable, _ directions: Directions, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    try table.value(directions.metric, where: ["scheme": scheme.name, "layer": layer])
  }

  /// How far the coefficient under a scheme is from that of full precision.
  private static func gap(_ table: MeasurementTable, _ directions: Directions, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    abs(try mean(table, directions, scheme, layer) - mean(table, directions, .full, layer))
  }

  /// What a scheme takes from the coefficient of full precision; below zero where it adds.
  private static func taken(_ table: MeasurementTable, _ directions: Directions, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    try mean(table, directions, .full, layer) - mean(table, directions, scheme, layer)
  }

  /// What the cap does to pooling, told from the same layer without it; nil where it cuts no direction.
  private static func cut(_ table: MeasurementTable, _ layer: Int) throws -> String? {
    func count(_ metric: String, _ scheme: NamedScheme) throws -> Int {
      try table.count(metric, where: ["scheme": scheme.name, "layer": layer])
    }
    let (all, kept) = (try count("directions", .pool2), try count("cappedDirections", .pool2))
    guard kept < all else { return nil }
    return try
      "Layer \(layer): the cap leaves \(Quantity.grouped(kept)) directions, of \(Quantity.grouped(count("directions", .full))) in full precision and of \(Quantity.grouped(all)) under pool(2), so that more of what pooling leaves is kept; without it pooling takes \(Quantity.plain(taken(table, .all, .pool2, layer)))."
  }

  /// How far 8BIT would be off were its outermost bins exact; nil where that was not measured.
  private static func withoutTails(_ table: MeasurementTable, _ directions: Directions, _ layer: Int) throws -> String? {
    let place: MeasurementTable.Parameters = ["scheme": NamedScheme.eightBit.name, "layer": layer]
    guard let without = try table.valueIfAny(directions.metricWithoutTails, where: place) else { return nil }
    let gap = abs(without - (try mean(table, directions, .full, layer)))
    return
      "Layer \(layer), \(directions.rawValue): were the values of the two outermost bins exact, 8BIT would be off by \(Quantity.plain(gap))."
  }

  static let all = [
    Claim(
      "table2.8bit-keeps-cca",
      "8BIT keeps the mean CCA coefficient to within 0.0021 of full precision, the paper's largest difference, at layers 6, 11, 16 and 19",
      source: "section 8.4, table 2: .0018, .0009, .0021, 0", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Directions.allCases.flatMap { directions in
            try Table2SVCCA.layers.map { layer in
              let gap = try gap(table, directions, .eightBit, layer)
              return try ClaimVerdict(
                holds: gap <= 0.0021, evidence: [.init(name: "layer \(layer), \(directions.rawValue), 8BIT off by", value: gap)]
              ).because(withoutTails(table, directions, layer))
            }
          })
      }),
    Claim(
      "table2.8bit-better-than-pool", "8BIT keeps the mean CCA coefficient better than pool(2) at layers 6, 11, 16 and 19",
      source: "section 8.4, table 2", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Directions.allCases.flatMap { directions in
            try Table2SVCCA.layers.map { layer in
              let (bits, pool) = (try gap(table, directions, .eightBit, layer), try gap(table, directions, .pool2, layer))
              let isWhole = layer == 19 && pool == 0 && bits > 0
              return try ClaimVerdict(
                holds: bits < pool,
                evidence: [
                  .init(name: "layer \(layer), \(directions.rawValue), 8BIT off by", value: bits),
                  .init(name: "layer \(layer), \(directions.rawValue), pool(2) off by", value: pool),
                ]
              ).because(
                isWhole
                  ? "Layer 19: its maps have one value, which pooling leaves as it is."
                  : directions == .capped ? cut(table, layer) : nil)
            }
          })
      }),
    Claim(
      "table2.pool-gap-shrinks", "What pool(2) takes from the mean CCA coefficient shrinks from layer to layer: 6, 11, 16, 19",
      source: "section 8.4, table 2: .279, .210, .043, .010", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          // With its sign: where pooling adds, nothing is taken.
          try Directions.allCases.map { directions in
            try ClaimVerdict.descending(
              try Table2SVCCA.layers.map { layer in
                ("layer \(layer), \(directions.rawValue), pool(2) takes", try taken(table, directions, .pool2, layer))
              }
            ).because(directions == .capped ? cut(table, 6) : nil)
          })
      }),
  ]

  static let keyFigures = [
    KeyFigure("layer 11: full, 8BIT, pool(2)") { table in
      try Table2SVCCA.schemes.map { Quantity.plain(try mean(table, .all, $0, 11)) }.joined(separator: ", ")
    },
    KeyFigure("the same, capped") { table in
      try Table2SVCCA.schemes.map { Quantity.plain(try mean(table, .capped, $0, 11)) }.joined(separator: ", ")
    },
  ]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let layers = Table2SVCCA.layers
    let images = try table.count("images", where: ["scheme": "full", "layer": 6])
    let most = try layers.map { try table.count("directions", where: ["scheme": "full", "layer": $0]) }.max() ?? 0
    let panels = try Directions.allCases.map { directions in
      let series = try Table2SVCCA.schemes.flatMap { scheme in
        [
          BarSeries(scheme.name, values: try layers.map { try mean(table, directions, scheme, $0) }),
          BarSeries("\(scheme.name), paper", role: .paper(beside: scheme.name), values: layers.map { paper[scheme.name]![$0] }),
        ]
      }
      return Panel(
        title: directions == .all
          ? "as in the paper: all directions that explain 99 % of the variance"
          : "at most one of them for \(Table2SVCCA.imagesPerDirection) images",
        x: Axis("layer"), y: Axis("mean CCA coefficient", range: 0...1.4), .bars(categories: layers.map { "layer \($0)" }, series))
    }
    return Chart(
      title: "Mean CCA coefficient of a layer with the logits, CIFAR10_VGG16, \(Quantity.grouped(images)) images", panels: panels,
      notes: [
        "SVCCA over \(Quantity.grouped(images)) images, all columns of a layer. Up to \(Quantity.grouped(most)) directions explain 99 % of the variance; nearly as many directions as "
          + "images fit any logits, hence the cap below. Hatched: the paper's table 2, 50,000 images.",
        PretrainedVGG16.note,
      ], columns: 1)
  }
}
