import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 7a of the paper: what re-running CIFAR10_VGG16 to a layer costs, by batch size.
enum Fig7aRerunCost {
  static let layers = [1, 6, 11, 16, 19, 21]
  private static let batches = [10, 64, 100, 1_000, 10_000]
  private static let usualBatch = 64

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig7a-rerun-cost", aliases: ["fig7a"], title: "Re-running VGG16 to a layer, by batch size", source: "section 8.3, figure 7a"),
      parameters: ["layer", "batch"],
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 10_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 30, diskBytes: 10_000_000, memoryBytes: 2_000_000_000),
        .small: Cost(seconds: 240, diskBytes: 10_000_000, memoryBytes: 5_000_000_000),
        .paper: Cost(seconds: 9_000, diskBytes: 10_000_000, memoryBytes: 20_000_000_000),
      ],
      outcome: .init(
        claims: claims, figures: [Figure("fig7a-rerun-cost", chart: chart)],
        gates: [Gate("megaflopsPerImage", .exact), Gate("rerunSeconds", .reported)], keyFigures: keyFigures)
    ) { context in
      try context.state(data: try ImageWorkload.source(context.scale, context.seed, settings, networks: [.vgg16]))
      let workload = try ImageWorkload(.vgg16, context, settings: settings).repeated()
      let images = workload.input.images
      for batch in batches where batch <= max(100, images.count) {
        try context.checkpointed("batch \(batch)") { try measure(batch, workload, context) }
      }
    }
  }

  /// From the image to the layer, values handed over: t_fwd summed, as the paper's formula has it. Loading the model is measured apart.
  private static func measure(_ batch: Int, _ workload: ImageWorkload, _ context: RunContext) throws {
    let (made, loadSeconds) = try Stopwatch.time {
      try NetworkModel(workload.description, checkpoint: workload.run.final, input: workload.input, batchSize: batch)
    }
    for layer in layers {
      let place: MeasurementTable.Parameters = ["layer": layer, "batch": batch]
      let request = ExecutionRequest(intermediates: [NetworkModel.intermediate(ofLayer: layer)]) { Interruption.request != nil }
      let timings = try ExperimentKit.measure(repetitions: context.repetitions) { _ = try made.execute(request) { _, _ in } }
      try context.record("rerunSeconds", timings, at: place)
      try context.record("images", workload.input.images.count, unit: "images", at: place)
      try context.record(
        "megaflopsPerImage", try workload.description.flopsPerImage(through: layer) / 1e6, unit: "MFLOP", at: place)
      try context.record("loadSeconds", loadSeconds, unit: "s", at: place)
    }
  }

  /// Seconds read off the paper's figure, 50,000 images. For batches of 10 it shows the range of all layers only.
  private static let paper: [Int: [Int: Double]] = [
    1_000: [1: 6.6, 6: 6.6, 11: 8.8, 16: 10.3, 19: 10.7, 21: 11.0], 100: [1: 11.2, 21: 20.5], 10: [1: 339, 21: 396],
    10_000: [1: 7.2, 21: 12.4],
  ]

  private static func seconds(_ table: MeasurementTable, _ layer: Int, _ batch: Int) throws -> Double {
    try table.median("rerunSeconds", where: ["layer": layer, "batch": batch])
  }

  private static func batches(_ table: MeasurementTable) throws -> [Int] { try table.values(of: "batch").compactMap(Int.init) }

  private static let claims = [
    Claim(
      "fig7a.grows-with-depth", "The re-run cost grows with depth", source: "section 8.3, figure 7a", scales: [.ci, .small, .paper],
      judge: { table in
        .all(
          try batches(table).map { batch in
            let times = try layers.map { try seconds(table, $0, batch) }
            // Layers 19 and 21 add a thousandth of the work: a tenth is allowed for noise between neighbours.
            let grows = zip(times, times.dropFirst()).allSatisfy { $1 > 0.9 * $0 } && times.last! > times[0]
            return ClaimVerdict(
              holds: grows, evidence: zip(layers, times).map { .init(name: "batch \(batch), layer \($0), s", value: $1) })
          })
      }),
    Claim(
      "fig7a.share-of-flops",
      "Re-running to a layer costs no more of a whole pass than its share of the floating-point operations suggests",
      source: "section 4, cost model", scales: [.ci, .small, .paper],
      judge: { table in
        let whole = try seconds(table, 21, usualBatch)
        let flops = try table.value("megaflopsPerImage", where: ["layer": 21, "batch": usualBatch])
        return .all(
          try [6, 11, 16, 19].map { layer in
            let time = try seconds(table, layer, usualBatch) / whole
            let work = try table.value("megaflopsPerImage", where: ["layer": layer, "batch": usualBatch]) / flops
            return ClaimVerdict(
              holds: time <= 1.15 * work,
              evidence: [
                .init(name: "layer \(layer), share of time", value: time), .init(name: "layer \(layer), share of FLOP", value: work),
              ])
          })
      }),
    Claim(
      "fig7a.small-batches-cost", "Batches of 10 are the slowest", source: "section 8.3, figure 7a: 339-396 s against 6.6-11.0 s",
      scales: [.ci, .small, .paper],
      judge: { table in
        let (small, usual) = (try seconds(table, 21, 10), try seconds(table, 21, usualBatch))
        return ClaimVerdict(
          holds: small > usual, numbers: ["batch 10 / batch 64, through layer 21": small / usual, "in the paper, 10 / 1,000": 396 / 11.0])
      }),
  ]

  private static let keyFigures = [
    KeyFigure("images/s through all layers, batch 64") { table in
      let images = try table.value("images", where: ["layer": 21, "batch": usualBatch])
      return Quantity.plain(images / (try seconds(table, 21, usualBatch)))
    }
  ]

  private static func chart(_ table: MeasurementTable) throws -> Chart {
    let images = try table.value("images", where: ["layer": 21, "batch": usualBatch])
    let series = try batches(table).flatMap { batch in
      let own = LineSeries(
        "batch \(batch)",
        points: try layers.map { layer in
          let values = try table.repetitions("rerunSeconds", where: ["layer": layer, "batch": batch]).map { $0.double / images * 1000 }
          return .init(x: Double(layer), y: Timings.median(of: values), spread: values.min()!...values.max()!)
        })
      guard let paper = paper[batch] else { return [own] }
      let points = paper.sorted { $0.key < $1.key }.map { LineSeries.Point(x: Double($0.key), y: $0.value / 50) }
      return [own, LineSeries("batch \(batch), paper", role: .paper(beside: "batch \(batch)"), points: points)]
    }
    return Chart(
      title: "Re-running CIFAR10_VGG16 to a layer",
      panels: [Panel(x: Axis("layer"), y: Axis("ms per image", .logarithmic), .lines(series))],
      notes: [
        "Medians with the smallest and largest repetition, over \(Quantity.plain(images)) images, warm; the model is loaded already. Dashed: the paper's own "
          + "times (figure 7a), 50,000 images on another machine, where the figure shows them.",
        "Batches are padded to at least 8 images, so that an image's bits do not depend on its neighbours.",
      ])
  }
}
