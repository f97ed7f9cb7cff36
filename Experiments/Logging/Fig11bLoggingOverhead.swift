import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 11b of the paper: what logging adds to running a network, under each policy.
enum Fig11bLoggingOverhead {
  private static let policies: [(name: String, policy: StoragePolicy)] = [
    ("all", StoragePolicy(.storeAll, codec: .none)),
    ("LP", StoragePolicy(.storeAll).quantized(.lp16)),
    ("8BIT", StoragePolicy(.storeAll).quantized(.kbit(8))),
    ("pool(2)", StoragePolicy(.storeAll).quantized(.pool(2))),
    ("pool(4)", StoragePolicy(.storeAll).quantized(.pool(4))),
    ("pool(S)", StoragePolicy(.storeAll).quantized(.poolWholeMap)),
    ("DEDUP", .dedup),
  ]
  private static let networks = ImageWorkload.Network.allCases

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig11b-logging-overhead", aliases: ["fig11b"], title: "What logging adds to running a network",
        source: "section 8.6, figure 11b"),
      parameters: ["workload", "policy"],
      costs: [
        .smoke: Cost(seconds: 10, diskBytes: 120_000_000, memoryBytes: 800_000_000),
        .ci: Cost(seconds: 45, diskBytes: 350_000_000, memoryBytes: 1_500_000_000),
        .small: Cost(seconds: 400, diskBytes: 3_000_000_000, memoryBytes: 2_500_000_000),
        .paper: Cost(seconds: 20_000, diskBytes: 65_000_000_000, memoryBytes: 3_000_000_000),
      ],
      outcome: .init(
        claims: claims, figures: [Figure("fig11b-logging-overhead", chart: chart)],
        gates: [Gate("chunks", .exact), Gate("overhead", .reported), Gate("logSeconds", .reported)],
        keyFigures: keyFigures)
    ) { context in
      try context.state(data: try ImageWorkload.source(context.scale, context.seed, settings, networks: networks))
      for network in networks {
        let workload = try ImageWorkload(network, context, settings: settings).repeated()
        let model = try workload.model(checkpoint: ImageWorkload.checkpoints - 1)
        for (name, policy) in policies {
          try context.checkpointed("\(network.rawValue) under \(name)") { try measure(network, model, name, policy, context) }
        }
      }
    }
  }

  /// Every repetition runs the network without logging and then with it: what disturbs one disturbs the other.
  private static func measure(
    _ network: ImageWorkload.Network, _ model: NetworkModel, _ name: String, _ policy: StoragePolicy, _ context: RunContext
  ) throws {
    let place: MeasurementTable.Parameters = ["workload": network.rawValue, "policy": name]
    let folder = context.scratchDirectory.appendingPathComponent("overhead")
    var (plain, logging): ([Double], [Double]) = ([], [])
    for repetition in 0...context.repetitions {
      try context.checkCancelled()
      let overhead = try LoggingOverhead(model, named: name, policy: policy, in: folder)
      context.state(diskBytes: Int64(overhead.diskBytes))
      guard repetition > 0 else { continue }  // the first touches memory that the process never used
      plain.append(overhead.plainSeconds)
      logging.append(overhead.report.seconds)
      if repetition == 1 {
        try context.record("chunks", overhead.report.chunks, unit: "chunks", at: place)
        try context.record("storedBytes", overhead.report.storedBytes, unit: "B", at: place)
      }
    }
    try context.record("noneSeconds", Timings(seconds: plain), at: place)
    try context.record("logSeconds", Timings(seconds: logging), at: place)
    try context.record("overhead", Timings.median(of: zip(logging, plain).map { $0 / $1 }), unit: "x", at: place)
    try context.record("images", model.input.images.count, unit: "images", at: place)
  }

  /// Seconds of the paper's figure for 50,000 images; none is the run without logging.
  private static let paper: [String: [String: Double]] = [
    "CIFAR10_CNN": ["none": 13, "all": 147, "LP": 105, "8BIT": 251, "pool(2)": 48, "pool(S)": 21],
    "CIFAR10_VGG16": ["none": 19, "all": 252, "LP": 151, "8BIT": 379, "pool(2)": 56, "pool(4)": 38, "pool(S)": 20],
  ]

  private static func overhead(_ table: MeasurementTable, _ network: ImageWorkload.Network, _ policy: String) throws -> Double {
    try table.value("overhead", where: ["workload": network.rawValue, "policy": policy])
  }

  private static let claims = [
    Claim(
      "fig11b.pooling-is-cheap", "Pooling makes logging cheaper: all > pool(2) > pool(S) on VGG16", source: "section 8.6, figure 11b",
      scales: [.small, .paper],
      judge: { table in .descending(try ["all", "pool(2)", "pool(S)"].map { ("\($0) / none", try overhead(table, .vgg16, $0)) }) }),
    Claim(
      "fig11b.8bit-is-dearest", "8BIT is the dearest to log, dearer than storing everything uncompressed",
      source: "section 8.6, figure 11b",
      scales: [.small, .paper],
      judge: { table in
        .all(
          try networks.map { network in
            let (bits, all) = (try overhead(table, network, "8BIT"), try overhead(table, network, "all"))
            return ClaimVerdict(
              holds: bits > all,
              evidence: [.init(name: "\(network.rawValue), 8BIT / none", value: bits), .init(name: "all / none", value: all)])
          })
      }),
  ]

  private static let keyFigures = [
    KeyFigure("VGG16: DEDUP, 8BIT, pool(S) over none") { table in
      try ["DEDUP", "8BIT", "pool(S)"].map { Quantity.ratio(try overhead(table, .vgg16, $0)) }.joined(separator: ", ")
    }
  ]

  private static func chart(_ table: MeasurementTable) throws -> Chart {
    let panels = try networks.map { network in
      let theirs = paper[network.rawValue]!
      let images = try table.count("images", where: ["workload": network.rawValue, "policy": "all"])
      return Panel(
        title: "\(network.rawValue), \(images) images", x: Axis("policy"),
        y: Axis("time / time without logging", .logarithmic, format: .ratio),
        .bars(
          categories: policies.map(\.name),
          [
            BarSeries("logging", values: try policies.map { try overhead(table, network, $0.name) }),
            BarSeries(
              "logging, paper", role: .paper(beside: "logging"),
              values: policies.map { policy in theirs[policy.name].map { $0 / theirs["none"]! } }),
          ]))
    }
    return Chart(
      title: "What logging adds to running a network", panels: panels,
      notes: [
        "Until everything is durable, weights included, over the forward pass through the logits; medians of ratios taken in turn. 'all' is "
          + "uncompressed. Hatched: the paper's figure 11b, 50,000 images."
      ], columns: 1)
  }
}
