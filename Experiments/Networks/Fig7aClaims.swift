import ExperimentKit

/// The paper's statements about re-running by batch size.
enum Fig7aClaims {
  private static let layers = Fig7aRerunCost.layers

  /// With loading, as the paper has it.
  private static func seconds(_ table: MeasurementTable, _ layer: Int, _ batch: Int) throws -> Double {
    try table.median("rerunSeconds", where: ["layer": layer, "batch": batch])
  }

  private static func loading(_ table: MeasurementTable, _ layer: Int, _ batch: Int) throws -> Double {
    try table.median("loadSeconds", where: ["layer": layer, "batch": batch])
  }

  /// Those that were measured, ascending.
  static func batches(_ table: MeasurementTable) throws -> [Int] {
    try table.filter("rerunSeconds").values(of: "batch").compactMap(Int.init).sorted()
  }

  /// Batches of 100 and those that are larger; 100 is looked for even if it was not measured.
  private static func largerBatches(_ table: MeasurementTable) throws -> [Int] { [100] + (try batches(table)).filter { $0 > 100 } }

  /// Where a deeper layer takes less, with the repetitions of both: whether it is more than they differ among themselves.
  private static func falls(_ table: MeasurementTable, _ batch: Int, _ times: [Double]) throws -> String {
    func repetitions(_ place: Int) throws -> String {
      let seconds = try table.repetitions("rerunSeconds", where: ["layer": layers[place], "batch": batch])
      return "layer \(layers[place]) in \(seconds.map { Quantity.seconds($0.double) }.joined(separator: ", "))"
    }
    let places = times.indices.dropFirst().filter { times[$0] <= 0.9 * times[$0 - 1] }
    return try places.map { try "\(repetitions($0)) after \(repetitions($0 - 1))" }.joined(separator: "; ")
  }

  static let all = [
    Claim(
      "fig7a.grows-with-depth",
      "At batches of 100 and more, re-running costs more the deeper the layer: none takes less than nine tenths of the one before it (layers 19 and 21 add "
        + "a thousandth of the work), and layer 21 takes more than layer 1",
      source: "section 8.3, figure 7a: 6.6, 6.6, 8.8, 10.3, 10.7, 11.0 s at batches of 1,000", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try largerBatches(table).map { batch in
            let times = try layers.map { try seconds(table, $0, batch) }
            let grows = zip(times, times.dropFirst()).allSatisfy { $1 > 0.9 * $0 } && times.last! > times[0]
            return ClaimVerdict(
              holds: grows, evidence: zip(layers, times).map { .init(name: "batch \(batch), layer \($0), s", value: $1) },
              remark: try grows ? nil : "Not at batches of \(batch): \(falls(table, batch, times)).")
          })
      }),
    Claim(
      "fig7a.batch-10-slowest", "Batches of 10 are the slowest at every layer",
      source: "section 8.3, figure 7a: 319 to 396 s against 6.6 to 20.5 s", scales: [.small, .paper],
      judge: { table in
        .all(
          try largerBatches(table).flatMap { batch in
            try layers.map { layer in
              let (ten, other) = (try seconds(table, layer, 10), try seconds(table, layer, batch))
              let images = try table.value("images", where: ["layer": layer, "batch": batch])
              func each(_ seconds: Double) -> String { Quantity.seconds(seconds / images) }
              return ClaimVerdict(
                holds: ten > other, evidence: [.init(name: "layer \(layer), batch 10 / \(batch)", value: ten / other)]
              ).because(
                "Layer \(layer): an image takes \(each(ten)) in batches of 10, \(each(other)) in batches of \(Quantity.grouped(batch)): a batch has little cost of its own here."
              )
            }
          })
      }),
    Claim(
      "fig7a.batch-10-33x", "Re-running in batches of 10 takes at least 33 times as long as in batches of 1,000, at every layer",
      source: "section 8.3, figure 7a: 339, 319, 373, 396, 359, 365 s against 6.6, 6.6, 8.8, 10.3, 10.7, 11.0 s", scales: [.small, .paper],
      judge: { table in
        let ratios = try layers.map { layer in
          ClaimVerdict.Number(
            name: "layer \(layer), batch 10 / 1,000", value: try seconds(table, layer, 10) / seconds(table, layer, 1_000))
        }
        let deepest = layers.last!
        func perBatch(_ seconds: Double, images: Double) -> String { Quantity.seconds(max(0, seconds) / (images / 10)) }
        let ours = perBatch(
          try seconds(table, deepest, 10) - seconds(table, deepest, 1_000),
          images: try table.value("images", where: ["layer": deepest, "batch": 10]))
        let theirs = perBatch(Fig7aFigure.paper[10]![deepest]! - Fig7aFigure.paper[1_000]![deepest]!, images: Fig7aFigure.paperImages)
        return ClaimVerdict(holds: ratios.allSatisfy { $0.value >= 33 }, evidence: ratios)
          .because("A batch of 10 costs \(ours) beyond its images through layer \(deepest); in the paper \(theirs).")
      }),
    Claim(
      "fig7a.bits-do-not-depend-on-batches", "Every layer's activations have the same bits at every batch size", source: "beyond the paper",
      scales: [.ci, .small, .paper],
      judge: { table in
        let batches = try batches(table)
        guard let first = batches.first, batches.count > 1 else {
          return ClaimVerdict(
            holds: false, numbers: ["batch sizes": Double(batches.count)], remark: "There is no second batch size to compare with.")
        }
        var different: [String] = []
        for layer in layers {
          let expected = try table.value("activationDigest", where: ["layer": layer, "batch": first])
          for batch in batches.dropFirst() where try table.value("activationDigest", where: ["layer": layer, "batch": batch]) != expected {
            different.append("layer \(layer), batch \(batch)")
          }
        }
        return ClaimVerdict(
          holds: different.isEmpty,
          numbers: ["layers compared": Double(layers.count), "batch sizes": Double(batches.count), "different": Double(different.count)],
          remark: different.isEmpty ? nil : "Different from batches of \(first): \(different.joined(separator: "; ")).")
      }),
  ]

  static let keyFigures = [
    KeyFigure("images/s through all layers, largest batch") { table in
      guard let batch = try batches(table).last else { return "none" }
      let images = try table.value("images", where: ["layer": 21, "batch": batch])
      return "\(Quantity.plain(images / (try seconds(table, 21, batch)))) at \(Quantity.grouped(batch))"
    },
    // How far the time of a layer follows its share of the operations, which a cost model may assume.
    KeyFigure("share of time / share of FLOP, layers 6, 11, 16, loading apart") { table in
      guard let batch = try batches(table).last else { return "none" }
      func run(_ layer: Int) throws -> Double { try seconds(table, layer, batch) - loading(table, layer, batch) }
      func work(_ layer: Int) throws -> Double { try table.value("megaflopsPerImage", where: ["layer": layer, "batch": batch]) }
      return try [6, 11, 16].map { Quantity.ratio(try run($0) / run(21) / (work($0) / work(21))) }.joined(separator: ", ")
    },
  ]
}
