import Foundation
import Mistique
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// What is in the lineage of a layer, and what reuse makes of it.
struct NetworkLineageTests {
  private let folder = TemporaryDirectory("network-lineage")
  private static let images = GeneratedImages(seed: 81).images(count: 40)
  private static let sharedInput = NetworkInput(images)

  /// Two layers that give shapes to the one under test, which is layer 3; one after it.
  private static func description(_ tested: LayerDescription) -> NetworkDescription {
    NetworkDescription(
      name: "tested", input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: [.convolution(8), .convolution(8), tested, .dense(10, relu: false)])
  }

  private static func model(
    _ description: NetworkDescription, seed: UInt64 = 5, input: NetworkInput = NetworkLineageTests.sharedInput, batchSize: Int = 16,
    compute: ComputeThread = .single
  ) throws -> NetworkModel {
    try NetworkModel(
      description, checkpoint: .initial(for: description, seed: seed), input: input, batchSize: batchSize, compute: compute)
  }

  private static func lineage(_ model: NetworkModel, layer: Int) throws -> Lineage {
    try #require(try model.lineages().intermediates["layer\(layer)"], "this machine does not say what its processor is")
  }

  @Test("Every parameter of every layer changes its lineage, and that of what follows, not of what comes before")
  func parameters() throws {
    let layers: [LayerDescription] =
      [
        .convolution(8), .convolution(9), .convolution(8, kernel: 1), .convolution(8, stride: 2), .convolution(8, relu: false),
        .convolution(8, padding: .valid), .convolution(8).reading(1), .maxPool(2), .maxPool(4), .averagePool(2), .averagePool(4),
        .globalAveragePool, .batchNormalization(), .batchNormalization(relu: false), .add(1, 2), .add(2, 1), .add(1, 1),
        .add(1, 2, relu: false),
        .flatten, .dense(12), .dense(13), .dense(12, relu: false), .relu, .dropout(0.1),
      ] + Self.shapedLayers
    var (tested, after) = (Set<Lineage>(), Set<Lineage>())
    var before: Set<[Lineage]> = []
    for layer in layers {
      let model = try Self.model(Self.description(layer))
      #expect(tested.insert(try Self.lineage(model, layer: 3)).inserted, "\(layer) has the lineage of another layer")
      #expect(after.insert(try Self.lineage(model, layer: 4)).inserted, "what follows \(layer) has the lineage of something else")
      before.insert(try (0...2).map { try Self.lineage(model, layer: $0) })
    }
    #expect(before.count == 1 && tested.isDisjoint(with: after))
    // A softmax is the last layer of a network.
    let softmax = NetworkDescription(
      name: "softmax", input: ActivationShape(channels: 3, height: 32, width: 32), layers: [.convolution(8), .convolution(8), .softmax])
    #expect(tested.insert(try Self.lineage(Self.model(softmax), layer: 3)).inserted)
  }

  /// Every number of the kinds that have windows, groups, functions and normalizations, changed by itself.
  private static var shapedLayers: [LayerDescription] {
    func convolution(_ change: (inout LayerDescription.Convolution) -> Void) -> LayerDescription {
      var convolution = LayerDescription.Convolution(channels: 8)
      change(&convolution)
      return LayerDescription(.convolution(convolution))
    }
    func pooling(_ change: (inout LayerDescription.Pooling) -> Void) -> [LayerDescription] {
      var pooling = LayerDescription.Pooling(Extent(5))
      change(&pooling)
      return [LayerDescription(.maxPool(pooling)), LayerDescription(.averagePool(pooling))]
    }
    let sides = [
      Sides(top: 1, bottom: 0, left: 0, right: 0), Sides(top: 0, bottom: 1, left: 0, right: 0), Sides(top: 0, bottom: 0, left: 1, right: 0),
      Sides(top: 0, bottom: 0, left: 0, right: 1),
    ]
    let windows = [
      convolution { $0.kernel = Extent(1, 3) }, convolution { $0.kernel = Extent(3, 1) }, convolution { $0.stride = Extent(1, 2) },
      convolution { $0.stride = Extent(2, 1) }, convolution { $0.dilation = Extent(2) }, convolution { $0.dilation = Extent(1, 2) },
      convolution { $0.dilation = Extent(2, 1) }, convolution { $0.groups = 2 }, convolution { $0.groups = 8 },
      convolution { $0.hasBias = false },
    ]
    let pools =
      [
        pooling { $0.stride = Extent(5) }, pooling { $0.stride = Extent(1, 2) }, pooling { $0.stride = Extent(2, 1) },
        pooling { $0.size = Extent(1, 2) }, pooling { $0.size = Extent(2, 1) },
      ].flatMap { $0 } + sides.flatMap { side in pooling { $0.padding = side } }
    let means = pooling { ($0.padding, $0.countsPadding) = (Sides(2), false) } + [pooling { $0.padding = Sides(2) }[1]]
    let others: [LayerDescription.Kind] = [
      .globalMaxPool, .batchNormalization(relu: true, epsilon: 1e-3), .layerNormalization(), .layerNormalization(over: .channels),
      .layerNormalization(epsilon: 1e-3), .shortcut(stride: 1, before: 0, behind: 0), .shortcut(stride: 2, before: 0, behind: 0),
      .shortcut(stride: 1, before: 1, behind: 0), .shortcut(stride: 1, before: 0, behind: 1), .activation(.leakyReLU(slope: 0.01)),
      .activation(.leakyReLU(slope: 0.02)), .activation(.gelu(isTanh: false)), .activation(.gelu(isTanh: true)), .activation(.silu),
      .activation(.sigmoid), .activation(.tanh), .dense(units: 12, relu: true, hasBias: false),
    ]
    let joints = [[1, 2], [2, 1], [1, 1], [1, 2, 1]].map { LayerDescription(.concatenate, inputs: $0) }
    return windows + sides.map { side in convolution { $0.padding = .sides(side) } } + pools + means + others.map { LayerDescription($0) }
      + joints
  }

  @Test("The normalization of the input changes every lineage, and the names of modules none")
  func normalization() throws {
    let plain = Self.description(.convolution(8))
    var lineages = Set([try Self.lineage(Self.model(plain), layer: 0)])
    for (mean, deviation) in [([0.5, 0.5, 0.5], [1, 1, 1]), ([0.5, 0.5, 0.25], [1, 1, 1]), ([0.5, 0.5, 0.5], [1, 1, 2])] {
      var other = plain
      other.normalization = InputNormalization(mean: mean.map { Float($0) }, deviation: deviation.map { Float($0) })
      #expect(lineages.insert(try Self.lineage(Self.model(other), layer: 0)).inserted)
    }
    var named = plain
    named.layerDescriptions[0].module = "conv1"
    #expect(try Self.model(named).lineages().intermediates == Self.model(plain).lineages().intermediates)
  }

  @Test("What matters in training only, and names and labels, change nothing")
  func training() throws {
    let plain = try Self.model(Self.description(.convolution(8)))
    for other in [LayerDescription.convolution(8).frozen(), .convolution(8).dropout(0.3)] {
      #expect(try Self.model(Self.description(other)).lineages().intermediates == plain.lineages().intermediates)
    }
    let rates = try [Float(0.1), 0.4].map { try Self.model(Self.description(.dropout($0))).lineages().intermediates }
    #expect(rates[0] == rates[1])
    var renamed = Self.description(.convolution(8))
    renamed.name = "other"
    #expect(try Self.model(renamed).lineages().intermediates == plain.lineages().intermediates)
    let labelled = try ImageSet(pixels: Self.images.pixels, labels: Self.images.labels.map { 9 - $0 }, source: Self.images.source)
    #expect(try Self.model(renamed, input: NetworkInput(labelled)).lineages().intermediates == plain.lineages().intermediates)
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
