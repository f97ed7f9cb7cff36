import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 11b of the paper: what logging adds to running a network in batches of 1,000 images, under each policy, by when writes are on disk.
enum Fig11bLoggingOverhead {
  struct Policy: Sendable {
    let name: String
    let policy: StoragePolicy
    let writes: [LoggingWrites]

    /// One of the paper's: uncompressed, so that they differ by the scheme alone, and written in both ways.
    static func paper(_ name: String, _ scheme: QuantizationScheme) -> Policy {
      Policy(name: name, policy: StoragePolicy(.storeAll, codec: .none, quantization: scheme), writes: LoggingWrites.allCases)
    }

    static func ours(_ name: String, _ policy: StoragePolicy) -> Policy { Policy(name: name, policy: policy, writes: [.oneCommit]) }
  }

  static let policies: [Policy] = [
    .paper("all", .none), .paper("LP", .lp16), .paper("8BIT", .kbit(8)), .paper("pool(2)", .pool(2)), .paper("pool(4)", .pool(4)),
    .paper("pool(S)", .poolWholeMap), .ours("all gzip", StoragePolicy(.storeAll, codec: .gzip())), .ours("all encoded", .storeAll),
    .ours("LP encoded", .storeAll.quantized(.lp16)), .ours("DEDUP", .dedup), .ours(weights, .none),
  ]
  /// Under which no intermediate is stored: what the model's own file takes is paid under every policy, and by the images that are logged is divided.
  static let weights = "weights alone"
  static let networks = ImageWorkload.Network.allCases
  static let parameters = ["workload", "policy", "writes"]
  /// Where a row is of running the network without logging.
  static let noWrites = "none"

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig11b-logging-overhead", aliases: ["fig11b"], title: "What logging adds to running a network",
        source: "section 8.6, figure 11b"),
      parameters: parameters,
      // A batch of 1,000 takes 1.6 GB for VGG16's activations.
      costs: [
        .smoke: Cost(seconds: 10, diskBytes: 120_000_000, memoryBytes: 800_000_000),
        .ci: Cost(seconds: 60, diskBytes: 350_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 240, diskBytes: 3_000_000_000, memoryBytes: 4_500_000_000),
        .paper: Cost(seconds: 20_000, diskBytes: 65_000_000_000, memoryBytes: 5_000_000_000),
      ],
      outcome: .init(
        claims: Fig11bClaims.all, figures: [Figure("fig11b-logging-overhead", chart: Fig11bClaims.chart)],
        gates: [
          Gate("chunks", .exact), Gate("storedBytes", .within(0.02, reason: "the catalogue grows by pages"), better: .lower),
          Gate("overhead", .reported), Gate("logSeconds", .reported),
        ],
        keyFigures: Fig11bClaims.keyFigures),
      // Policies are compared with each other on one network, never two networks.
      parts: { scale in
        networks.map { ExperimentPart($0.rawValue, weight: Double(ImageSplit($0, scale).loggedRepeatedly) * ($0 == .cnn ? 1 : 8)) }
      }
    ) { context in
      try context.state(data: try ImageWorkload.source(context.scale, context.seed, settings, networks: networks))
      let folder = context.scratchDirectory.appendingPathComponent("overhead")
      for network in networks {
        try context.part(network.rawValue) { try measure(network, in: folder, context, settings) }
      }
    }
  }

  /// What of the stored bytes the weights take.
  static let transformerBytes = "transformerBytes"

  /// The policies that the rows have, in the order of the catalogue: runs of before lack some.
  static func policies(of table: MeasurementTable) throws -> [Policy] {
    let there = Set(try table.values(of: "policy"))
    return policies.filter { there.contains($0.name) }
  }

  private static func measure(
    _ network: ImageWorkload.Network, in folder: URL, _ context: RunContext, _ settings: Settings
  ) throws {
    let workload = try ImageWorkload(network, context, settings: settings).repeated()
    let model = try workload.model(checkpoint: ImageWorkload.checkpoints - 1, batchSize: workload.paperBatch)
    var isWarm = false
    for policy in policies {
      try context.checkpointed("\(network.rawValue) under \(policy.name)") {
        // The first run touches memory that the process never used, and is not timed.
        if !isWarm { _ = try Round(model, policy, in: folder) }
        isWarm = true
        try measure(network, model, policy, in: folder, context)
      }
    }
  }

  /// The network run without logging, and then with it in each way: what disturbs one disturbs the others.
  private struct Round {
    let plainSeconds: Double
    let runs: [LoggingWrites: TimedLogging]

    init(_ model: NetworkModel, _ policy: Policy, in folder: URL) throws {
      plainSeconds = try LoggingOverhead.plainSeconds(of: model)
      runs = Dictionary(
        uniqueKeysWithValues: try policy.writes.map { writes in
          let identity = ModelIdentity(project: "cifar10", name: policy.name.replacing(" ", with: "-"))
          return (writes, try TimedLogging(model, as: identity, policy: policy.policy, in: folder, writes: writes))
        })
    }
  }

  private static func measure(
    _ network: ImageWorkload.Network, _ model: NetworkModel, _ policy: Policy, in folder: URL, _ context: RunContext
  ) throws {
    var rounds: [Round] = []
    // By the pass alone: every ratio divides by it, and a disturbed one would move them all.
    while Patience.goesOn(after: rounds.map(\.plainSeconds), context: context) {
      try context.checkCancelled()
      rounds.append(try Round(model, policy, in: folder))
    }
    let plain: MeasurementTable.Parameters = ["workload": network.rawValue, "policy": policy.name, "writes": noWrites]
    try context.record("noneSeconds", Timings(seconds: rounds.map(\.plainSeconds)), at: plain)
    try context.record("images", model.input.images.count, unit: "images", at: plain)
    try context.record("batch", model.network.batchSize, unit: "images", at: plain)
    for writes in policy.writes {
      let place: MeasurementTable.Parameters = ["workload": network.rawValue, "policy": policy.name, "writes": writes.rawValue]
      let runs = rounds.map { $0.runs[writes]! }
      context.state(diskBytes: Int64(runs[0].diskBytes))
      try context.record("chunks", runs[0].report.chunks, unit: "chunks", at: place)
      try context.record("storedBytes", runs[0].report.storedBytes, unit: "B", at: place)
      try context.record(transformerBytes, runs[0].report.transformerBytes, unit: "B", at: place)
      try context.record("logSeconds", Timings(seconds: runs.map(\.report.seconds)), at: place)
      let ratios = zip(runs, rounds).map { $0.report.seconds / $1.plainSeconds }
      try context.record("overhead", Timings.median(of: ratios), unit: "x", at: place)
    }
  }
}
