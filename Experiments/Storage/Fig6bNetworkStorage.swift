import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 6b of the paper: what ten checkpoints of CIFAR10_CNN and of CIFAR10_VGG16 take under each scheme, with and without DEDUP.
enum Fig6bNetworkStorage {
  /// The paper's schemes in its gzip and in our encodings, pooled ones in gzip with LP as well, DEDUP of full precision and of 8BIT beside them, and two that are beyond the paper.
  static let policies = [
    StorageMeasurement.Policy(name: "STORE_ALL gzip", policy: StoragePolicy(.storeAll, codec: .gzip()), isCounted: true),
    gzip("LP gzip", .storeAll.quantized(.lp16)),
    gzip("8BIT gzip", .storeAll.quantized(.kbit(8))),
    gzip("pool(2) gzip", .storeAll.quantized(.pool(2))),
    gzip("pool(S) gzip", .storeAll.quantized(.poolWholeMap)),
    gzip("pool(2)+DEDUP gzip", .dedup.quantized(.pool(2))),
    gzip(inLP("pool(2) gzip"), .storeAll.quantized(halved(.pool(2)))),
    gzip(inLP("pool(S) gzip"), .storeAll.quantized(halved(.poolWholeMap))),
    gzip(inLP("pool(2)+DEDUP gzip"), .dedup.quantized(halved(.pool(2)))),
    StorageMeasurement.Policy(name: "STORE_ALL", policy: .storeAll),
    StorageMeasurement.Policy(name: "LP", policy: .storeAll.quantized(.lp16)),
    StorageMeasurement.Policy(name: "8BIT", policy: .storeAll.quantized(.kbit(8))),
    StorageMeasurement.Policy(name: "pool(2)", policy: .storeAll.quantized(.pool(2))),
    StorageMeasurement.Policy(name: "pool(S)", policy: .storeAll.quantized(.poolWholeMap)),
    StorageMeasurement.Policy(name: "DEDUP", policy: .dedup),
    StorageMeasurement.Policy(name: "pool(2)+DEDUP", policy: .dedup.quantized(.pool(2))),
    StorageMeasurement.Policy(name: "8BIT+DEDUP", policy: .dedup.quantized(.kbit(8))),
    StorageMeasurement.Policy(name: kept, policy: .dedup.quantized(.bound(.keeping(cca: keptFall)), exactUpTo: exactColumns)),
    StorageMeasurement.Policy(name: ladder, policy: .dedup.quantized(NamedScheme.ladder.scheme)),
  ]

  /// A scheme in the paper's codec.
  private static func gzip(_ name: String, _ policy: StoragePolicy) -> StorageMeasurement.Policy {
    StorageMeasurement.Policy(
      name: name, policy: StoragePolicy(policy.materialization, codec: .gzip(), quantization: policy.quantization))
  }

  /// The same scheme with pooled values in float16. The paper does not say that its own are, but only so do its bytes follow from those of its other schemes.
  static func inLP(_ policy: String) -> String { policy.replacing(" gzip", with: " LP gzip") }

  private static func halved(_ scheme: QuantizationScheme) -> QuantizationScheme {
    QuantizationScheme(pooling: scheme.pooling, values: QuantizationScheme.lp16.values)
  }

  /// Bounds that are chosen by what they keep, and the layers without maps exactly.
  static let kept = "BOUND(kept)+DEDUP"
  /// By how much the mean CCA coefficient may fall.
  static let keptFall = 0.002
  /// VGG16's layers from 18 on, which have no maps.
  static let exactColumns = 512
  static let ladder = "\(NamedScheme.ladder.name)+DEDUP"

  static func experiment(_ settings: Settings) -> Experiment {
    Experiment(
      .init(
        name: "fig6b-dnn-storage", aliases: ["fig6b"], title: "Bytes stored by ten checkpoints under each scheme",
        source: "section 8.2, figure 6b"),
      parameters: StorageMeasurement.parameters,
      costs: [
        .smoke: Cost(seconds: 90, diskBytes: 700_000_000, memoryBytes: 1_200_000_000),
        .ci: Cost(seconds: 420, diskBytes: 2_000_000_000, memoryBytes: 2_000_000_000),
        .small: Cost(seconds: 1_300, diskBytes: 10_000_000_000, memoryBytes: 5_000_000_000),
        // Partitions are counted and not kept. A thousand images take 530 s for the CNN and 80 s for VGG16, all policies and checkpoints together: the sum of what
        // logging them takes at scale small, less what is now done once. 50 times that are 30,500 s. What BOUND keeps of VGG16 takes SVCCA twice as often as a
        // scheme of table 2 does, 3,000 s, and two matrices beside it, 9 GB.
        .paper: Cost(seconds: 34_000, diskBytes: 2_000_000_000, memoryBytes: 9_000_000_000),
      ],
      outcome: .init(
        claims: Fig6bClaims.all, figures: Fig6bFigures.all,
        gates: StoredBytes.gates + KeptByVGG16.gates + [Gate("heldOutAccuracy", .reported)],
        keyFigures: Fig6bClaims.keyFigures),
      // No time is compared with another: bytes are.
      parts: { scale in ImageWorkload.Network.allCases.flatMap { parts($0, scale) } }
    ) { context in
      let networks = ImageWorkload.Network.allCases
      try context.state(data: try ImageWorkload.source(context.scale, context.seed, settings, networks: networks))
      for network in networks { try measure(network, context, settings) }
      if Fig6bCounting.isAsked(context) { try Fig6bCounting.removePieces(of: networks, context, settings) { part($0, $1) } }
    }
  }

  /// The accuracy, and each policy.
  private static func parts(_ network: ImageWorkload.Network, _ scale: ExperimentKit.Scale) -> [ExperimentPart] {
    // Seconds per 1,000 images of a checkpoint, on 2 cores. Counting has VGG16's frozen layers once for ten checkpoints.
    let (gzip, other, accuracyOfKept): (Double, Double, Double) =
      switch network {
      case .cnn: scale == .paper ? (21, 2.9, 0) : (3.8, 0.6, 0)
      case .vgg16: scale == .paper ? (2.2, 0.4, 6) : (14, 3.5, 0)
      }
    let images = Double(ImageSplit(network, scale).loggedRepeatedly)
    return [ExperimentPart(accuracy(network), weight: images * 0.1)]
      + policies.map { policy in
        let seconds = (policy.name == policies[0].name ? gzip : other) + (policy.name == kept ? accuracyOfKept : 0)
        return ExperimentPart(part(network, policy), weight: images * seconds)
      }
  }

  private static func accuracy(_ network: ImageWorkload.Network) -> String { "\(network.rawValue), accuracy" }

  private static func part(_ network: ImageWorkload.Network, _ policy: StorageMeasurement.Policy) -> String {
    "\(network.rawValue) under \(policy.name)"
  }

  private static func measure(_ network: ImageWorkload.Network, _ context: RunContext, _ settings: Settings) throws {
    guard context.measures(anyOf: parts(network, context.scale).map(\.name)) else { return }
    let workload = try ImageWorkload(network, context, settings: settings).repeated()
    try context.part(accuracy(network)) {
      try context.checkpointed(accuracy(network)) { try recordAccuracy(workload, context) }
    }
    guard !Fig6bCounting.isAsked(context) else {
      return try Fig6bCounting(workload, context, settings) { part(network, $0) }.measure(policies)
    }
    // Only bytes are measured, and frozen layers have the same activations in every checkpoint: they are run once.
    let frozen = try FrozenLayers(of: workload.description)
    let models = (0..<ImageWorkload.checkpoints).map { index in
      StorageMeasurement.Model(identity: workload.identity(checkpoint: index)) {
        let model = try workload.model(checkpoint: index)
        return frozen.map { NetworkOnFrozenLayers(model, $0) } ?? model
      }
    }
    let columns = try workload.description.layers().reduce(0) { $0 + $1.shape.columnCount }
    let values = Double(columns * workload.input.images.count)
    let measurement = StorageMeasurement(
      workload: network.rawValue, models: models, register: { workload.register(in: $0) },
      expectedBytes: { values * bytesPerValue($0, network) * Double(models.count) }, context: context
    ) { policy, store, place in
      guard policy.name == kept, network == .vgg16 else { return }
      try KeptByVGG16(store: store, model: models[models.count - 1].identity, context: context, place: place).record()
    }
    for policy in policies {
      try context.part(part(network, policy)) { try measurement.run([policy]) }
    }
  }

  private static func recordAccuracy(_ workload: ImageWorkload, _ context: RunContext) throws {
    let name = workload.network.rawValue
    try context.record(
      "heldOutAccuracy", try workload.heldOutAccuracy(), unit: "1", at: ["workload": name, "policy": "none", "models": 1])
    let whole: MeasurementTable.Parameters = ["workload": name, "policy": "none", "models": ImageWorkload.checkpoints]
    try context.record("images", workload.input.images.count, unit: "images", at: whole)
    try context.record("inputBytes", workload.input.images.pixels.count, unit: "B", at: whole)
    for (index, snapshot) in workload.run.snapshots.enumerated() {
      let place: MeasurementTable.Parameters = ["workload": name, "policy": "none", "models": index + 1]
      try context.record("trainingLoss", snapshot.loss, unit: "nats", at: place)
      try context.record("trainingAccuracy", snapshot.accuracy, unit: "1", at: place)
    }
  }

  /// Upper bounds of the bytes per value: VGG16 at scale small in full precision 1.6, gzip 1.9, float16 0.9, codes 0.6. Values before ReLU, which half of
  /// the CNN's are, hold no zeros.
  private static func bytesPerValue(_ policy: StorageMeasurement.Policy, _ network: ImageWorkload.Network) -> Double {
    // Stored with the first checkpoint, and found by the others.
    if policy.name == kept, network == .vgg16 { return 0.3 / Double(ImageWorkload.checkpoints) }
    let bounds = network == .cnn ? (codes: 0.8, half: 1.3, full: 2.5) : (codes: 0.6, half: 0.9, full: 2)
    let precision =
      policy.name.contains("8BIT") || policy.name == kept ? bounds.codes : policy.name.hasPrefix("LP") ? bounds.half : bounds.full
    return policy.policy.quantization.pooling == nil ? precision : precision / 4
  }
}
