import ConvolutionalNetworks
import ExperimentKit
import Foundation
import Mistique

/// A network at several checkpoints, of which stores count what it would take under each of several policies. Nothing is kept.
///
/// Every checkpoint runs once for all policies. Layers with the lineage of an earlier checkpoint's are not run, encoded or compressed again: STORE_ALL counts what
/// they took once more, DEDUP finds them. What is counted is what stores count that have every layer of every checkpoint computed for them, byte for byte.
struct CountedNetwork {
  let name: String
  let description: NetworkDescription
  let checkpoints: [Checkpoint]
  let identity: (_ checkpoint: Int) -> ModelIdentity
  let images: ImageSet
  /// For the catalogues of the stores.
  let folder: URL
  /// Throws when the user asks for a stop.
  let checkCancelled: () throws -> Void
  /// What is compressed under one policy is not under another that stores the same.
  private let frames = CountedFrames()

  init(
    name: String, description: NetworkDescription, checkpoints: [Checkpoint], identity: @escaping (_ checkpoint: Int) -> ModelIdentity,
    images: ImageSet, folder: URL, checkCancelled: @escaping () throws -> Void
  ) {
    self.name = name
    self.description = description
    self.checkpoints = checkpoints
    self.identity = identity
    self.images = images
    self.folder = folder
    self.checkCancelled = checkCancelled
  }

  /// What the images of a range take, by policy and checkpoint, each policy in a store of its own.
  ///
  /// Memory: the activations of the range at two checkpoints at most, and one RowBlock of each layer.
  func counts(of range: Range<Int>, under policies: [StorageMeasurement.Policy]) throws -> [[StoredCounts]] {
    let input = NetworkInput(images[range])
    let frozen = try FrozenLayers(of: description)
    try? FileManager.default.removeItem(at: folder)  // left by an interrupted attempt
    let stores = try policies.indices.map { try store($0) }
    var counts: [[StoredCounts]] = policies.map { _ in [] }
    for (place, checkpoint) in checkpoints.enumerated() {
      try checkCancelled()
      let network = try NetworkModel(description, checkpoint: checkpoint, input: input)
      let pass = try NetworkPass(network, frozen) { Interruption.request != nil }
      for (number, policy) in policies.enumerated() {
        try checkCancelled()
        let report = try stores[number].logIntermediates(of: pass, as: identity(place), policy: policy.policy.recounting) {
          Interruption.request != nil
        }
        counts[number].append(try StoredCounts(report, of: stores[number], after: counts[number].last))
      }
    }
    for store in stores { try store.close() }
    try FileManager.default.removeItem(at: folder)
    return counts
  }

  private func store(_ number: Int) throws -> IntermediateStore {
    var options = StoreOptions()
    options.keepsPartitions = false
    options.countedFrames = frames
    return try IntermediateStore(at: folder.appendingPathComponent("\(number)"), options: options)
  }

  /// What the numbers follow from beside the images of a range: the weights and the kernels, as one text.
  func origin() throws -> String {
    let input = NetworkInput(images[0..<min(images.count, Self.sampleImages)])
    var recipe = LineageRecipe("counted network")
    for checkpoint in checkpoints {
      let lineages = try NetworkModel(description, checkpoint: checkpoint, input: input).lineages()
      let all = lineages.transformers.merging(lineages.intermediates) { first, _ in first }
      for (name, lineage) in all.sorted(by: { $0.key < $1.key }) {
        recipe.add(text: name)
        recipe.add(lineage: lineage)
      }
    }
    return recipe.lineage.description
  }

  /// What the first images take at the first checkpoint, by policy: another build whose encoders do otherwise shows here.
  func sample(under policies: [StorageMeasurement.Policy]) throws -> [String] {
    let first = CountedNetwork(
      name: name, description: description, checkpoints: Array(checkpoints.prefix(1)), identity: identity, images: images, folder: folder,
      checkCancelled: checkCancelled)
    let counts = try first.counts(of: 0..<min(images.count, Self.sampleImages), under: policies)
    return counts.map { "\($0[0].partitionBytes) bytes in \($0[0].chunks) chunks" }
  }

  private static let sampleImages = 64
}
