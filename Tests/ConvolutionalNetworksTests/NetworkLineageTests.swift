import Foundation
import Mistique
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// How the lineages of a network depend on its input and its weights, and what reuse makes of them.
struct NetworkLineageTests {
  private let folder = TemporaryDirectory("network-lineage")
  private static let images = GeneratedImages(seed: 81).images(count: 40)
  private static let sharedInput = NetworkInput(images)

  private static func model(
    _ description: NetworkDescription, seed: UInt64 = 5, input: NetworkInput = NetworkLineageTests.sharedInput, batchSize: Int = 16,
    compute: ComputeThread = .single
  ) throws -> NetworkModel {
    try NetworkModel(
      description, checkpoint: .initial(for: description, seed: seed), input: input, batchSize: batchSize, compute: compute)
  }

  @Test(
    "Images, their number and order, the batch and every single weight change what depends on them",
    arguments: [NetworkDescription.everyKind, .everyShape])
  func inputs(description: NetworkDescription) throws {
    let plain = try Self.model(description)
    let base = try plain.lineages()
    let others: [NetworkModel] = try [
      Self.model(description, input: NetworkInput(GeneratedImages(seed: 82).images(count: 40))),
      Self.model(description, input: NetworkInput(Self.images[0..<39])),
    ]
    for other in others {
      let lineages = try other.lineages().intermediates
      #expect(lineages.allSatisfy { base.intermediates[$0.key] != $0.value })
    }
    let batch = try Self.model(description, batchSize: 24).lineages().intermediates
    #expect(batch["layer0"] == base.intermediates["layer0"])
    #expect(batch.filter { $0.key != "layer0" }.allSatisfy { base.intermediates[$0.key] != $0.value })
    let checkpoint = try Checkpoint.initial(for: description, seed: 5)
    let layers = try description.layers()
    for tensor in checkpoint.tensors {
      let changed = Checkpoint(
        checkpoint.tensors.map { other in
          guard other.name == tensor.name else { return other }
          var values = other.values
          values[values.count - 1] = Float(bitPattern: values[values.count - 1].bitPattern ^ 1)
          return Checkpoint.Tensor(name: other.name, shape: other.shape, values: values)
        })
      let lineages = try NetworkModel(description, checkpoint: changed, input: Self.sharedInput, batchSize: 16, compute: .single).lineages()
      let number = try #require(layers.first { layer in checkpoint.tensors(ofLayer: layer.index).contains { $0.name == tensor.name } })
        .index
      // All layers that read it, directly or not.
      let follows = layers.indices.filter { layers.needed(for: [$0]).contains(number) }
      let changes = layers.indices.filter { lineages.intermediates["layer\($0)"] != base.intermediates["layer\($0)"] }
      #expect(changes == follows, "\(tensor.name)")
      #expect(lineages.transformers.filter { base.transformers[$0.key] != $0.value }.map(\.key) == [tensor.name])
    }
  }

  // MARK: In a store

  private func store(_ name: String) throws -> IntermediateStore {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent(name))
    store.register(kind: NetworkModel.kind) { try NetworkModel(restoring: $0, input: Self.sharedInput) }
    return store
  }

  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  /// Layer `from` and all after it with other weights.
  private static func checkpoint(_ description: NetworkDescription, changedFrom from: Int) throws -> Checkpoint {
    let (old, new) = (try Checkpoint.initial(for: description, seed: 5), try Checkpoint.initial(for: description, seed: 6))
    let layers = try description.layers()
    return Checkpoint(
      layers.flatMap { layer in (layer.index < from ? old : new).tensors(ofLayer: layer.index) })
  }

  @Test(
    "A frozen prefix is neither run nor stored again, and every layer has the bits of a run from the images",
    arguments: [QuantizationScheme.none, .kbit(8), .pool(2), .lp16])
  func frozenPrefix(scheme: QuantizationScheme) throws {
    let description = NetworkDescription.small
    let policy = StoragePolicy.dedup.quantized(scheme)
    let stores = try ["reuse", "all"].map { try store($0) }
    for (number, from) in [8, 6, 3, 8, 1].enumerated() {
      let checkpoint = try Self.checkpoint(description, changedFrom: from)
      let identity = Self.identity("m\(number)")
      let report = try stores[0].logIntermediates(
        of: NetworkModel(description, checkpoint: checkpoint, input: Self.sharedInput, batchSize: 16), as: identity, policy: policy)
      try stores[1].logIntermediates(
        of: NetworkModel(description, checkpoint: checkpoint, input: Self.sharedInput, batchSize: 16), as: identity,
        policy: policy.withoutReuse)
      let computed = number == 0 ? Array(0...7) : from == 8 ? [] : Array(from...7)
      #expect(Set(report.reused.map(\.name)) == Set((0...7).filter { !computed.contains($0) }.map { "layer\($0)" }), "\(number)")
      for layer in 0...7 {
        let key = IntermediateKey(model: identity, intermediate: "layer\(layer)")
        let read = try stores.map { try $0.getIntermediates([key], plan: .read)[0] }
        #expect(read[0].isIdentical(to: read[1]), "layer \(layer) of \(number), \(scheme)")
        let run = try stores.map { try $0.getIntermediates([key], rows: .ids([3, 17]), plan: .rerun)[0] }
        #expect(run[0].isIdentical(to: run[1]), "layer \(layer) of \(number), \(scheme), run again")
      }
      let storage = try stores.map { try $0.storage() }
      #expect(storage[0].chunks == storage[1].chunks && storage[0].rawBytes == storage[1].rawBytes, "\(number)")
    }
    #expect(try stores[0].verify().isIntact)
  }

  @Test("Another number of images, batch or threads runs on its own, to the bits that it gives alone")
  func otherRuns() throws {
    let store = try store("store")
    let description = NetworkDescription.small
    let twoThreads = ComputeThread(threads: 2)
    for (number, (count, batch, threads)) in [(40, 16, 1), (40, 24, 1), (17, 16, 1), (40, 16, 2), (40, 16, 1)].enumerated() {
      let input = NetworkInput(Self.images[0..<count])
      let model = try Self.model(description, input: input, batchSize: batch, compute: threads == 1 ? .single : twoThreads)
      let report = try store.logIntermediates(of: model, as: Self.identity("m\(number)"))
      // The input of another batch, and of more threads, is the same; all else is computed anew.
      let expected: [[String]] = [[], ["layer0"], [], ["layer0"], (0...7).map { "layer\($0)" }]
      #expect(report.reused.map(\.name) == expected[number])
      for layer in 0...7 {
        let stored = try #require(
          try store.getIntermediates([IntermediateKey(model: Self.identity("m\(number)"), intermediate: "layer\(layer)")], plan: .read)[0]
            .matrix)
        let alone = try InferenceNetwork(description, weights: .initial(for: description, seed: 5), batchSize: batch, compute: .single)
        let values = try #require(try alone.activations(input.images, rows: Array(0..<count), layers: [layer])[layer])
        #expect(sameBits(stored.withValues { Array($0) }, values), "layer \(layer) of \(number)")
      }
    }
  }
}
