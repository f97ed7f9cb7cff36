import ExperimentKit

/// Statements about exact answers from a base, all beyond the paper, over the rows.
enum ExactTopKClaims {
  private static let source =
    Claim.beyondThePaper + ": DeepEverest reports up to 63 times at under 20 % of full storage, MaskSearch two orders of magnitude at 5 %"

  private static func cells(_ group: Int) -> [MeasurementTable.Parameters] {
    ExactTopK.layers.flatMap { layer in ExactTopK.counts.map { ["layer": layer, "neurons": group, "k": $0] } }
  }

  private static func layer(_ number: Int) -> MeasurementTable.Parameters {
    ["layer": number, "neurons": ExactTopK.wholeLayer, "k": 0]
  }

  /// The worst of a metric over some places, held to a limit.
  private static func worst(
    _ id: String, _ statement: String, _ metric: String, at places: @escaping @Sendable () -> [MeasurementTable.Parameters],
    atMost limit: Double,
    scales: Set<Scale> = [.small, .paper],
    because cause: @escaping @Sendable (MeasurementTable, MeasurementTable.Parameters) throws -> String?
  ) -> Claim {
    Claim(id, statement, source: source, scales: scales) { table in
      let values = try places().map { (place: $0, value: try table.value(metric, where: $0)) }
      let over = values.filter { $0.value > limit }
      let causes = try over.map { try cause(table, $0.place) }
      return ClaimVerdict(holds: over.isEmpty, numbers: ["largest": values.map(\.value).max() ?? .nan, "at most": limit])
        .because(causes.contains { $0 == nil } ? nil : causes.compactMap(\.self).joined(separator: " "))
    }
  }

  /// What codes take that are encoded one by one: no encoding of single codes takes less.
  private static func entropy(_ table: MeasurementTable, _ place: MeasurementTable.Parameters) throws -> String? {
    guard let bits = try table.valueIfAny("codeBits", where: place) else { return nil }
    let (ofRaw, ofFull) = (try table.value("baseOfRaw", where: place), try table.value("baseOfFull", where: place))
    return
      "Layer \(place["layer"]!): the codes have \(Quantity.plain(bits)) bits of entropy each, \(Quantity.percent(bits / 32)) of a float32; the base takes "
      + "\(Quantity.percent(ofRaw)) of them, and full precision itself \(Quantity.percent(ofRaw / ofFull))."
  }

  /// Neurons whose k-th best is zero: the base cannot tell it from what is nearer to zero than its bound.
  private static func inactive(_ table: MeasurementTable, _ place: MeasurementTable.Parameters) throws -> String? {
    guard let active = try table.valueIfAny("activeShare", where: place), active < 1 else { return nil }
    let others = try table.valueIfAny("candidateShareOfActive", where: place)
    return
      "Layer \(place["layer"]!), k = \(place["k"]!): \(Quantity.percent(1 - active)) of the neurons asked for are active in fewer than k images, so that the k-th best is zero, "
      + "which the base cannot tell from what is nearer to zero than its bound."
      + (others.map { " Of the others \(Quantity.percent($0)) of the rows are looked at." } ?? "")
  }

  static let all: [Claim] = [
    Claim(
      "exact-topk.exact",
      "Every answer from the base and its candidates is the exact one, ties included, and the nearest neighbours are among their candidates",
      source: source, scales: Set(Scale.allCases)
    ) { table in
      for place in ExactTopK.groups.flatMap(cells) { _ = try table.value("wrongAnswers", where: place) }
      // Of neighbours a scale with few images has not every k.
      let values = try table.filter("wrongAnswers").rows.map(\.value.double)
      return ClaimVerdict(holds: values.allSatisfy { $0 == 0 }, numbers: ["largest": values.max() ?? .nan, "at most": 0])
    },
    Claim(
      "exact-topk.speedup", "The exact top 10 and 50 of a neuron are found at least 100 times as fast as by re-running", source: source,
      scales: [.small, .paper]
    ) { table in
      let values = try cells(1).map { try table.value("speedup", where: $0) }
      return ClaimVerdict(holds: values.allSatisfy { $0 >= 100 }, numbers: ["smallest": values.min() ?? .nan, "at least": 100])
    },
    worst(
      "exact-topk.base-of-full", "The base takes less than 15 % of the bytes of full precision", "baseOfFull",
      at: { ExactTopK.layers.map(layer) }, atMost: 0.15, because: entropy),
    worst(
      "exact-topk.base-of-raw", "The base takes less than 5 % of the bytes of the values", "baseOfRaw", at: { ExactTopK.layers.map(layer) },
      atMost: 0.05, because: entropy),
    worst(
      "exact-topk.few-candidates", "Of a single neuron, less than 5 % of the rows are looked at exactly", "candidateShare",
      at: { cells(1) },
      atMost: 0.05, because: inactive),
  ]

  static let keyFigures = [
    KeyFigure("smallest speed-up over re-running, one neuron") { table in
      Quantity.ratio(try cells(1).map { try table.value("speedup", where: $0) }.min() ?? .nan)
    },
    KeyFigure("most rows looked at exactly, one neuron") { table in
      Quantity.percent(try cells(1).map { try table.value("candidateShare", where: $0) }.max() ?? .nan)
    },
    KeyFigure("base of full, largest") { table in
      Quantity.percent(try ExactTopK.layers.map { try table.value("baseOfFull", where: layer($0)) }.max() ?? .nan)
    },
  ]
}
