import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 7a of the paper: what re-running CIFAR10_VGG16 to a layer costs, by batch size. Every re-run loads the model first, as the paper's do.
enum Fig7aRerunCost {
  static let layers = [1, 6, 11, 16, 19, 21]
  /// The paper's. A batch of more images than there are is left out.
  static let batches = [10, 100, 1_000, 10_000]
  static let parameters = ["layer", "batch"]

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig7a-rerun-cost", aliases: ["fig7a"], title: "Re-running VGG16 to a layer, by batch size", source: "section 8.3, figure 7a"),
      parameters: parameters,
      // A batch of 1,000 takes 1.6 GB for its activations, one of 10,000 takes 16.
      costs: [
        .smoke: Cost(seconds: 5, diskBytes: 10_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 30, diskBytes: 70_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 150, diskBytes: 70_000_000, memoryBytes: 4_000_000_000),
        .paper: Cost(seconds: 9_000, diskBytes: 70_000_000, memoryBytes: 20_000_000_000),
      ],
      outcome: .init(
        claims: Fig7aClaims.all, figures: [Figure("fig7a-rerun-cost", chart: Fig7aFigure.chart)],
        gates: [Gate("megaflopsPerImage", .exact), Gate("rerunSeconds", .reported), Gate("loadSeconds", .reported)],
        keyFigures: Fig7aClaims.keyFigures)
    ) { context in
      try context.state(data: try ImageWorkload.source(context.scale, context.seed, settings, networks: [.vgg16]))
      let workload = try ImageWorkload(.vgg16, context, settings: settings).repeated()
      let saved = try SavedNetwork(workload, in: context.scratchDirectory)
      context.state(diskBytes: Int64(saved.fileBytes))
      let images = workload.input.images.count
      for batch in batches where batch > images {
        context.say(
          "  batches of \(Quantity.grouped(batch)) are left out: scale \(context.scale) runs on \(Quantity.grouped(images)) images")
      }
      for batch in batches where batch <= images {
        try context.checkpointed("batch \(batch)") { try measure(batch, saved, context) }
      }
    }
  }

  /// From the file with the weights to the layer, values handed over: t_model_load, and t_fwd summed, as the paper's formula has them.
  private static func measure(_ batch: Int, _ saved: SavedNetwork, _ context: RunContext) throws {
    // The first run touches memory that the process never used: it is not timed, and says what the activations of all layers are.
    let digests = try saved.digests(of: layers, batch: batch)
    var runs = [[(load: Double, run: Double)]](repeating: [], count: layers.count)
    // Layer after layer in each repetition: whatever slows the machine for a while slows all layers, and no layer more than the others.
    for _ in 0..<context.repetitions {
      for (place, layer) in layers.enumerated() {
        try context.checkCancelled()
        runs[place].append(try saved.rerun(to: layer, batch: batch))
      }
    }
    for (layer, runs) in zip(layers, runs) {
      let place: MeasurementTable.Parameters = ["layer": layer, "batch": batch]
      try context.record("rerunSeconds", Timings(seconds: runs.map { $0.load + $0.run }), at: place)
      try context.record("loadSeconds", Timings(seconds: runs.map(\.load)), at: place)
      try context.record("images", saved.workload.input.images.count, unit: "images", at: place)
      try context.record(
        "megaflopsPerImage", try saved.workload.description.flopsPerImage(through: layer) / 1e6, unit: "MFLOP", at: place)
      try context.record("activationDigest", digests[layer]!.value, unit: "1", at: place)
    }
  }
}

/// A network's weights in a file, as a re-run in a fresh process finds them.
private struct SavedNetwork {
  let workload: ImageWorkload
  let fileBytes: Int
  private let file: URL

  init(_ workload: ImageWorkload, in folder: URL) throws {
    self.workload = workload
    file = folder.appendingPathComponent("weights")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let bytes = workload.run.final.serialized()
    try bytes.write(to: file, options: .atomic)
    fileBytes = bytes.count
  }

  private func load(batch: Int) throws -> NetworkModel {
    let checkpoint = try Checkpoint(serialized: Data(contentsOf: file), origin: file.path)
    return try NetworkModel(workload.description, checkpoint: checkpoint, input: workload.input, batchSize: batch)
  }

  /// Seconds of loading the model and of running it.
  func rerun(to layer: Int, batch: Int) throws -> (load: Double, run: Double) {
    let (model, load) = try Stopwatch.time { try self.load(batch: batch) }
    let request = ExecutionRequest(intermediates: [NetworkModel.intermediate(ofLayer: layer)]) { Interruption.request != nil }
    return (load, try Stopwatch.time { _ = try model.execute(request) { _, _ in } }.seconds)
  }

  /// The activations of every image at each of `layers`.
  func digests(of layers: [Int], batch: Int) throws -> [Int: ActivationDigest] {
    let images = workload.input.images
    var digests = Dictionary(uniqueKeysWithValues: layers.map { ($0, ActivationDigest()) })
    try load(batch: batch).network.forward(images, rows: Array(0..<images.count), wanted: Set(layers)) { _, layer, values in
      if let request = Interruption.request { throw request }
      digests[layer]!.take(values)
    }
    return digests
  }
}
