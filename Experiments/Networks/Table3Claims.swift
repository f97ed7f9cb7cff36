import ExperimentKit

/// The paper's statements about nearest neighbours in quantized intermediates, and their figure.
enum Table3Claims {
  /// Table 3 of the paper, k = 50 among 50,000 images.
  static let paper: [String: [Int: Double]] = [
    "full": [11: 1, 16: 1, 19: 1], "8BIT": [11: 0.94, 16: 0.96, 19: 1], "pool(2)": [11: 0.74, 16: 0.84, 19: 1],
  ]

  private static func overlap(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    try table.value("overlap", where: ["scheme": scheme.name, "layer": layer])
  }

  /// To the two digits that the paper gives.
  static func rounded(_ share: Double) -> Double { (share * 100).rounded() / 100 }

  /// Why a scheme does not keep the paper's share at a layer.
  private static func why(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> String? {
    try Table3Causes.why(table, scheme, layer, paper: paper[scheme.name]![layer]!)
  }

  static let all = [
    Claim(
      "table3.8bit-keeps-neighbours", "8BIT keeps more neighbours than pool(2) at layers 11 and 16, and no fewer at layer 19",
      source: "section 8.4, table 3: .94, .96, 1 against .74, .84, 1", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Table3KNN.layers.map { layer in
            let (bits, pool) = (try overlap(table, .eightBit, layer), try overlap(table, .pool2, layer))
            let isWhole = layer == 19 && pool == 1 && bits < 1
            return ClaimVerdict(
              holds: layer == 19 ? bits >= pool : bits > pool,
              evidence: [.init(name: "layer \(layer), 8BIT", value: bits), .init(name: "layer \(layer), pool(2)", value: pool)]
            ).because(isWhole ? "Layer 19's maps have one value, which pooling leaves as it is." : nil)
          })
      }),
    Claim(
      "table3.8bit-nearly-all", "8BIT keeps at least as many neighbours as in the paper, to two digits, at layers 11, 16 and 19",
      source: "section 8.4, table 3: .94, .96, 1", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Table3KNN.layers.map { layer in
            let bits = try overlap(table, .eightBit, layer)
            return try ClaimVerdict(
              holds: rounded(bits) >= paper["8BIT"]![layer]!, evidence: [.init(name: "layer \(layer), 8BIT", value: bits)]
            ).because(why(table, .eightBit, layer))
          })
      }),
    Claim(
      "table3.pool-keeps-three-quarters",
      "pool(2) keeps about 75 % of the neighbours at layer 11, from 70 to 80, and more the deeper the layer",
      source: "section 8.4, table 3: .74, .84, 1", scales: [.ci, .small, .paper],
      judge: { table in
        let shares = try Table3KNN.layers.map { layer in
          ClaimVerdict.Number(name: "layer \(layer), pool(2)", value: try overlap(table, .pool2, layer))
        }
        let isAbout = (0.7...0.8).contains(rounded(shares[0].value))
        let grows = zip(shares, shares.dropFirst()).allSatisfy { $0.value < $1.value }
        return try ClaimVerdict(
          holds: isAbout && grows, evidence: shares, remark: grows ? nil : "It does not keep more the deeper the layer."
        ).because(isAbout ? nil : why(table, .pool2, 11))
      }),
  ]

  static let keyFigures = [
    KeyFigure("layer 11: 8BIT, pool(2)") { table in
      try [NamedScheme.eightBit, .pool2].map { Quantity.percent(try overlap(table, $0, 11)) }.joined(separator: ", ")
    }
  ]

  static func chart(_ table: MeasurementTable) throws -> Chart {
    let layers = Table3KNN.layers
    let first: MeasurementTable.Parameters = ["scheme": "full", "layer": 11]
    let images = try table.count("images", where: first)
    let count = try table.count("neighbours", where: first)
    let series = try Table3KNN.schemes.dropFirst().flatMap { scheme in
      [
        BarSeries(scheme.name, values: try layers.map { try overlap(table, scheme, $0) * 100 }),
        BarSeries("\(scheme.name), paper", role: .paper(beside: scheme.name), values: layers.map { paper[scheme.name]![$0]! * 100 }),
      ]
    }
    return Chart(
      title: "Nearest neighbours that remain, CIFAR10_VGG16, \(Quantity.grouped(images)) images",
      panels: [
        Panel(
          x: Axis("layer"), y: Axis("% of \(count) neighbours", range: 0...105), .bars(categories: layers.map { "layer \($0)" }, series))
      ],
      notes: [
        "The \(count) nearest of \(Quantity.grouped(images)) images by Euclidean distance, for \(min(Table3KNN.queries, images)) of them, found among full-precision and among "
          + "quantized values: the mean share in common. Hatched: the paper's table 3, k = 50 of 50,000 images. Full precision is 100 % by definition.",
        PretrainedVGG16.note,
      ])
  }
}
