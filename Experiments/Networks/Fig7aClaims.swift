import ConvolutionalNetworks
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

  static let all = [
    Claim(
      "fig7a.grows-with-depth",
      "At batches of 100 and more, re-running costs more the deeper the layer: none takes less than nine tenths of the one before it (layers 19 and 21 add "
        + "a thousandth of the work), and layer 21 takes more than layer 1",
      source: "section 8.3, figure 7a: 6.6, 6.6, 8.8, 10.3, 10.7, 11.0 s at batches of 1,000", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try ([100] + batches(table).filter { $0 > 100 }).map { batch in
            let times = try layers.map { try seconds(table, $0, batch) }
            let grows = zip(times, times.dropFirst()).allSatisfy { $1 > 0.9 * $0 } && times.last! > times[0]
            return ClaimVerdict(
              holds: grows, evidence: zip(layers, times).map { .init(name: "batch \(batch), layer \($0), s", value: $1) },
              remark: grows ? nil : "Not at batches of \(batch).")
          })
      }),
    Claim(
      "fig7a.batch-10-slowest", "Batches of 10 are the slowest at every layer, the loading of the model apart",
      source: "section 8.3, figure 7a: 319 to 396 s against 6.6 to 20.5 s", scales: [.small, .paper],
      judge: { table in
        .all(
          try ([100] + batches(table).filter { $0 > 100 }).flatMap { batch in
            try layers.map { layer in
              let (ten, other) = try (
                seconds(table, layer, 10) - loading(table, layer, 10), seconds(table, layer, batch) - loading(table, layer, batch)
              )
              // What a batch of a layer puts out, beside what the processor's caches hold.
              let columns = try Double(NetworkDescription.cifar10VGG16().layers()[layer].shape.columnCount * 4)
              return ClaimVerdict(
                holds: ten > other, evidence: [.init(name: "layer \(layer), batch 10 / \(batch)", value: ten / other)],
                remark: ten > other
                  ? nil
                  : "Layer \(layer): a batch of 10 puts out \(Quantity.bytes(columns * 10)), and one of \(Quantity.grouped(batch)) \(Quantity.bytes(columns * Double(batch)))."
              )
            }
          })
      }),
    Claim(
      "fig7a.batch-10-33x", "Re-running in batches of 10 takes at least 33 times as long as in batches of 1,000, at every layer",
      source: "section 8.3, figure 7a: 339, 319, 373, 396, 359, 365 s against 6.6, 6.6, 8.8, 10.3, 10.7, 11.0 s", scales: [.small, .paper],
      judge: { table in
        .all(
          try layers.map { layer in
            let (small, large) = (try seconds(table, layer, 10), try seconds(table, layer, 1_000))
            let holds = small >= 33 * large
            // Of the paper's 359 s at layer 21, 11 s are needed in larger batches too; 50,000 images are 5,000 batches of 10.
            let batches = try table.value("images", where: ["layer": layer, "batch": 10]) / 10
            let perBatch = max(0, small - large) / batches
            let cause =
              "A batch of 10 costs \(Quantity.seconds(perBatch)) beyond its images through layer \(layer); in the paper \(Quantity.seconds((359.0 - 11) / 5_000))."
            return ClaimVerdict(
              holds: holds, evidence: [.init(name: "layer \(layer), batch 10 / 1,000", value: small / large)],
              remark: holds || layer != layers.last ? nil : cause)
          })
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
