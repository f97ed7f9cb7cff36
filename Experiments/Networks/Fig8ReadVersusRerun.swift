import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 8 of the paper: reading a layer of CIFAR10_VGG16 against re-running it, by the number of examples, measured and predicted. Layers are stored
/// under pool(2), as in the paper, in full precision, and in full precision with gzip, the paper's codec; layer 1, where the paper's curves cross, under
/// pool(2) with gzip too. A re-run loads the model and runs it in
/// batches of 1,000, as the paper's do, whatever is stored before the layer: of the others nothing is stored.
enum Fig8ReadVersusRerun {
  static let layers = [1, 6, 11, 16, 21]
  static let schemes: [NamedScheme] = [.pool2, .full, .fullGzip, .pool2Gzip]

  static func layers(under scheme: NamedScheme) -> [Int] { scheme.name == NamedScheme.pool2Gzip.name ? [1] : layers }

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig8-read-vs-rerun", aliases: ["fig8"], title: "Reading against re-running VGG16, by the number of examples",
        source: "section 8.3, figure 8"),
      parameters: ["scheme", "layer", "images"],
      // A batch of 1,000 takes 1.6 GB for its activations.
      costs: [
        .smoke: Cost(seconds: 12, diskBytes: 30_000_000, memoryBytes: 600_000_000),
        .ci: Cost(seconds: 45, diskBytes: 200_000_000, memoryBytes: 2_000_000_000),
        .small: Cost(seconds: 270, diskBytes: 1_100_000_000, memoryBytes: 5_000_000_000),
        .paper: Cost(seconds: 8_000, diskBytes: 22_000_000_000, memoryBytes: 20_000_000_000),
      ],
      outcome: .init(
        claims: Fig8Claims.all, figures: Fig8Figure.figures,
        gates: [
          Gate("framesDecoded", .exact, better: .lower), Gate("bytesDecoded", .exact, better: .lower),
          Gate("stagesRun", .exact, better: .lower), Gate("readSeconds", .reported), Gate("rerunSeconds", .reported),
          Gate("loadSeconds", .reported), Gate("readColdSeconds", .reported),
        ] + PlanQuality.gates, keyFigures: Fig8Claims.keyFigures)
    ) { context in
      let steps = steps(context.scale)
      let stores = try SchemeStores(context, settings, images: steps.last!, layers: Set(layers), reruns: .paper)
      for scheme in schemes {
        let store = try stores.store(scheme)
        for layer in layers(under: scheme) {
          for images in steps {
            try context.checkpointed("\(scheme.name) layer \(layer), \(images) images") {
              let place: MeasurementTable.Parameters = ["scheme": scheme.name, "layer": layer, "images": images]
              try context.record("batch", stores.batch, unit: "images", at: place)
              try Measurement(store: store, context: context, place: place).run(layer: layer, images: images)
            }
          }
        }
        try stores.remove(store)
      }
      try PlanQuality.record(in: context)
    }
  }

  /// How many examples are asked for: the first of those that are logged.
  static func steps(_ scale: ExperimentKit.Scale) -> [Int] {
    switch scale {
    case .smoke: [16, 32, 64]
    case .ci: [20, 80, 320]
    case .small: [50, 300, 1_000, 2_000]
    case .paper: [1_000, 5_000, 10_000, 20_000, 50_000]
    }
  }

  /// All columns of a layer for the first images, in every way.
  private struct Measurement {
    let store: IntermediateStore
    let context: RunContext
    let place: MeasurementTable.Parameters

    func run(layer: Int, images: Int) throws {
      var (reads, chosen, plans): ([Double], [Double], [PlannedFetch]) = ([], [], [])
      /// One fetch, of which `look` keeps what is needed: the values, up to 13 GB of layer 1, are let go of.
      func fetch<Kept>(_ plan: QueryPlan.Preference, look: (IntermediateResult) throws -> Kept) throws -> (kept: Kept, seconds: Double) {
        try context.checkCancelled()
        let (result, seconds) = try Stopwatch.time {
          try store.getIntermediates([SchemeStores.key(layer: layer)], rows: .ids(Array(0..<Int64(images))), plan: plan) {
            Interruption.request != nil
          }[0]
        }
        return (try look(result), seconds)
      }
      func seconds(_ plan: QueryPlan.Preference) throws -> Double { try fetch(plan) { _ in }.seconds }
      let cold = try (1...context.repetitions).map { _ in try coldSeconds(layer: layer, images: images) }
      // The first read opens files and is not timed; it is compared with the first re-run, by digests, since both at once may not fit in memory.
      let first = try fetch(.rerun) { (content: FetchedContent($0), cost: $0.cost) }
      let read = try fetch(.read) { (content: FetchedContent($0), cost: $0.cost) }.kept
      guard read.content.isIdentical(to: first.kept.content) else {
        throw ReadDiffersFromRerun(key: "layer \(layer)", query: "\(images) images")
      }
      try context.record("stagesRun", first.kept.cost.stagesRun, unit: "stages", at: place)
      try context.record("framesDecoded", read.cost.framesDecoded, unit: "frames", at: place)
      try context.record("bytesDecoded", read.cost.bytesDecoded, unit: "B", at: place)
      for repetition in 1...context.repetitions {
        reads.append(try seconds(.read))
        let automatic = try fetch(.automatic) { try PlannedFetch([$0]) }
        chosen.append(automatic.seconds)
        plans.append(automatic.kept)
        try record(automatic.kept, repetition)
      }
      try context.record(PlanQuality.Metric.decision, PlanQuality.decision(plans.map { [$0] }), unit: "1", at: place)
      let reruns = try Patience.timings(first: first.seconds, seconds: \.self, context: context) {
        // After a read, as the chosen plans are: one re-run after the other finds memory that the last one has touched.
        _ = try seconds(.read)
        return try seconds(.rerun)
      }
      try context.record(PlanQuality.Metric.read, Timings(seconds: reads), at: place)
      try context.record("readColdSeconds", Timings(seconds: cold), at: place)
      try context.record(PlanQuality.Metric.rerun, Timings(seconds: reruns), at: place)
      try context.record("loadSeconds", try store.lastLoading(of: SchemeStores.identity), unit: "s", at: place)
      // Nothing is computed: the whole question is the fetch.
      try context.record(PlanQuality.Metric.chosen, Timings(seconds: chosen), at: place)
      try context.record(PlanQuality.Metric.fetched, Timings(seconds: chosen), at: place)
    }

    /// A read by a store that was just opened, nothing of which is in the page cache.
    private func coldSeconds(layer: Int, images: Int) throws -> Double {
      try context.checkCancelled()
      let cold = try IntermediateStore(at: store.directory)
      try PageCache.evict(store.directory, at: context.scale)
      let (_, seconds) = try Stopwatch.time {
        try cold.getIntermediates([SchemeStores.key(layer: layer)], rows: .ids(Array(0..<Int64(images))), plan: .read) {
          Interruption.request != nil
        }
      }
      try cold.close()
      return seconds
    }

    private func record(_ plan: PlannedFetch, _ repetition: Int) throws {
      try context.record("chosenRead", plan.readIntermediates, unit: "1", at: place, repetition: repetition)
      try context.record("chosenStages", plan.stages, unit: "stages", at: place, repetition: repetition)
      try context.record(PlanQuality.Metric.predicted, plan.predictedSeconds, unit: "s", at: place, repetition: repetition)
      guard let read = plan.predictedReadSeconds, let rerun = plan.predictedRerunSeconds else {
        throw UnpredictedPlan(intermediate: "both ways of \(place)")
      }
      try context.record("predictedReadSeconds", read, unit: "s", at: place, repetition: repetition)
      try context.record("predictedRerunSeconds", rerun, unit: "s", at: place, repetition: repetition)
    }
  }
}
