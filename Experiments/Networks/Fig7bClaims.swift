import ExperimentKit

/// The paper's statements about reading under each scheme. Each is judged cold and warm.
enum Fig7bClaims {
  /// A read that finds its files in the page cache, and one that does not.
  enum Temperature: String, CaseIterable {
    case warm
    case cold

    var metric: String { self == .warm ? "readSeconds" : "readColdSeconds" }
  }

  static func seconds(_ table: MeasurementTable, _ temperature: Temperature, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    try seconds(table, temperature, scheme.name, layer)
  }

  /// - Parameter reading: a scheme of the paper's, or a way of ours to read one.
  static func seconds(_ table: MeasurementTable, _ temperature: Temperature, _ reading: String, _ layer: Int) throws -> Double {
    try table.median(temperature.metric, where: ["scheme": reading, "layer": layer])
  }

  private static func bytes(_ table: MeasurementTable, _ scheme: NamedScheme, _ layer: Int) throws -> Double {
    try table.value("bytesRead", where: ["scheme": scheme.name, "layer": layer])
  }

  static let all = [
    Claim(
      "fig7b.smaller-reads-faster", "At layer 1 the smaller a scheme, the faster it is read, cold and warm: LP > 8BIT > pool(2) > pool(S)",
      source: "section 8.3, figure 7b: 63.7, 56.2, 16.2, 0.16 s", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Temperature.allCases.map { temperature in
            .descending(
              try [NamedScheme.lp, .eightBit, .pool2, .poolWhole].map {
                ("\($0.name), \(temperature.rawValue), s", try seconds(table, temperature, $0, 1))
              })
          })
      }),
    Claim(
      "fig7b.reconstruction-costs",
      "Reconstructing 8BIT makes it slower to read than LP at layers 6, 11, 16 and 21, although it is smaller, cold and warm",
      source: "section 8.3, figure 7b: 11.7, 17.6, 14.9, 5.8 s against 8.7, 8.0, 2.9, 0.07 s", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Temperature.allCases.flatMap { temperature in
            try [6, 11, 16, 21].map { layer in
              let ratio = try seconds(table, temperature, .eightBit, layer) / seconds(table, temperature, .lp, layer)
              let bytes = try bytes(table, .eightBit, layer) / bytes(table, .lp, layer)
              return ClaimVerdict(
                holds: ratio > 1, evidence: [.init(name: "layer \(layer), \(temperature.rawValue), 8BIT / LP", value: ratio)]
              ).because(
                "Layer \(layer): 8BIT reads \(Quantity.ratio(bytes)) LP's bytes, and its codes become values by a look-up while they are decoded."
              )
            }
          })
      }),
    Claim(
      "fig7b.8bit-6x-slower-than-pool2",
      "8BIT is at least 6 times as slow to read as pool(2) at layers 11 and 16, whose neighbours table 3 compares, cold and warm",
      source: "section 8.4; 17.6 s against 2.7 s, 14.9 s against 0.71 s in figure 7b", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try Temperature.allCases.flatMap { temperature in
            try [11, 16].map { layer in
              let ratio = try seconds(table, temperature, .eightBit, layer) / seconds(table, temperature, .pool2, layer)
              let bytes = try bytes(table, .eightBit, layer) / bytes(table, .pool2, layer)
              return ClaimVerdict(
                holds: ratio >= 6, evidence: [.init(name: "layer \(layer), \(temperature.rawValue), 8BIT / pool(2)", value: ratio)]
              ).because("Layer \(layer): 8BIT reads \(Quantity.ratio(bytes)) pool(2)'s bytes and answers four times as many values.")
            }
          })
      }),
    Claim(
      "fig7b.8bit-larger-than-pool2", "8BIT takes at least 1.5 times the bytes of pool(2), all layers read here together",
      source: "section 8.4: 1.5 times; 125 GB against 58 GB in figure 6b", scales: [.ci, .small, .paper],
      judge: { table in
        func all(_ scheme: NamedScheme) throws -> Double { try Fig7bReadCost.layers.reduce(0) { try $0 + bytes(table, scheme, $1) } }
        let (bits, pool) = (try all(.eightBit), try all(.pool2))
        // Before encoding both are a quarter of the float32 values: a byte for each value, or a value for each square of four.
        let plain = try all(.full)
        return ClaimVerdict(
          holds: bits >= 1.5 * pool, numbers: ["8BIT / pool(2)": bits / pool, "8BIT, B": bits, "pool(2), B": pool]
        ).because(
          "Both have a quarter of the float32 bytes before they are encoded. Encoded they take \(Quantity.percent(bits / plain)) and \(Quantity.percent(pool / plain)) of what full "
            + "precision takes. Figure 6b has both in the paper's gzip too.")
      }),
  ]

  static let keyFigures = [
    KeyFigure("layer 1, full / 8BIT / pool(2) / pool(S), warm") { table in
      try [NamedScheme.full, .eightBit, .pool2, .poolWhole].map { Quantity.seconds(try seconds(table, .warm, $0, 1)) }
        .joined(separator: ", ")
    },
    KeyFigure("layer 1, full, cold / warm") { table in
      Quantity.ratio(try seconds(table, .cold, .full, 1) / seconds(table, .warm, .full, 1))
    },
  ]
}
