import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// Figure 6b where partitions are counted and never kept: at scale paper, whose stores take a terabyte, and at any scale when that is asked for.
struct Fig6bCounting {
  private let workload: ImageWorkload
  private let context: RunContext
  private let pieces: CountedPieces
  private let part: (StorageMeasurement.Policy) -> String

  static func isAsked(_ context: RunContext) -> Bool {
    context.scale == .paper || context.configuration[StorageMeasurement.measureOnly] != nil
  }

  /// - Parameter part: the name of the part that measures a policy.
  init(
    _ workload: ImageWorkload, _ context: RunContext, _ settings: Settings, part: @escaping (StorageMeasurement.Policy) -> String
  ) {
    self.workload = workload
    self.context = context
    self.part = part
    pieces = Self.pieces(context, settings)
  }

  /// Beside the trained networks: neither another build nor a run of another experiment takes what was counted away.
  private static func pieces(_ context: RunContext, _ settings: Settings) -> CountedPieces {
    CountedPieces(folder: settings.cacheDirectory.appendingPathComponent("counted/fig6b-\(context.scale)", isDirectory: true))
  }

  /// Removes what this run has counted, once all of it is among its finished units.
  static func removePieces(
    of networks: [ImageWorkload.Network], _ context: RunContext, _ settings: Settings,
    part: (ImageWorkload.Network, StorageMeasurement.Policy) -> String
  ) throws {
    for network in networks {
      for policy in Fig6bNetworkStorage.policies where context.measures(anyOf: [part(network, policy)]) {
        try pieces(context, settings).remove(network: network.rawValue, policy: policy.name)
      }
    }
  }

  /// Counts all policies together, as far as this run measures them and has not finished them, and records each in its part.
  func measure(_ policies: [StorageMeasurement.Policy]) throws {
    let wanted = policies.filter { context.measures(anyOf: [part($0)]) && !context.isFinished(part($0)) }
    let counts = wanted.isEmpty ? [] : try ranges.counts(under: wanted)
    for policy in policies {
      try context.part(part(policy)) {
        try context.checkpointed(part(policy)) {
          // A unit that runs has not been finished, and was counted above.
          let number = wanted.firstIndex { $0.name == policy.name }!
          for (model, now) in counts[number].enumerated() { try now.record(in: context, at: place(policy, models: model + 1)) }
          try context.record(
            StorageMeasurement.partitionsKept, 0, unit: "1", at: place(policy, models: ImageWorkload.checkpoints))
        }
        if policy.name == Fig6bNetworkStorage.kept, workload.network == .vgg16 { try measureKept(policy) }
      }
    }
  }

  private func place(_ policy: StorageMeasurement.Policy, models: Int) -> MeasurementTable.Parameters {
    ["workload": workload.network.rawValue, "policy": policy.name, "models": models]
  }

  private var ranges: CountedRanges {
    let network = CountedNetwork(
      name: workload.network.rawValue, description: workload.description, checkpoints: workload.run.snapshots.map(\.checkpoint),
      identity: { workload.identity(checkpoint: $0) }, images: workload.input.images,
      folder: context.scratchDirectory.appendingPathComponent("counted"), checkCancelled: { try context.checkCancelled() })
    return CountedRanges(
      network: network, pieces: pieces, scale: context.scale, seed: context.seed, say: { context.say($0) },
      makeProgress: { context.progress($0, total: $1, unit: $2) })
  }

  /// What the values that come out of a store keep needs a store: of the last checkpoint and the compared layers, with all images.
  private func measureKept(_ policy: StorageMeasurement.Policy) throws {
    func unit(_ layer: Int) -> String { "\(part(policy)): what layer \(layer) keeps" }
    let folder = context.scratchDirectory.appendingPathComponent("kept")
    var opened: IntermediateStore?
    for layer in KeptByVGG16.layers {
      try context.checkpointed(unit(layer)) {
        let store = try opened ?? keptStore(in: folder, policy)
        opened = store
        let last = ImageWorkload.checkpoints - 1
        try KeptByVGG16(
          store: store, model: workload.identity(checkpoint: last), context: context, place: place(policy, models: last + 1)
        ).record(layer: layer)
      }
    }
    try opened?.close()
    if FileManager.default.fileExists(atPath: folder.path) { try FileManager.default.removeItem(at: folder) }
  }

  /// The store that an interrupted run has left, or a new one.
  private func keptStore(in folder: URL, _ policy: StorageMeasurement.Policy) throws -> IntermediateStore {
    let store = try IntermediateStore(at: folder)
    workload.register(in: store)
    if try store.models().isEmpty {
      let last = ImageWorkload.checkpoints - 1
      let layers = Set(KeptByVGG16.layers + [Table2SVCCA.logits])
      try store.logIntermediates(
        of: SomeLayers(layers, of: try workload.model(checkpoint: last)), as: workload.identity(checkpoint: last),
        policy: policy.policy.asInPaper
      ) { Interruption.request != nil }
    }
    context.state(diskBytes: Int64(try store.storage().storedBytes))
    return store
  }
}
