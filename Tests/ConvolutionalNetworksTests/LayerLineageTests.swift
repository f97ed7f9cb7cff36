import Mistique
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// What is in the lineage of a layer: whatever changes its bits, and nothing else. Kinds and properties that are added later must be added to these tests.
struct LayerLineageTests {
  private static let shape = ActivationShape(channels: 3, height: 8, width: 8)
  private static let values = (0..<16 * shape.columnCount).map { Float($0 % 251) / 251 }

  /// Two layers that give shapes to the one under test, which is layer 3; one after it, unless it is one that must be the last.
  private static func description(_ tested: LayerDescription, input: ActivationShape = LayerLineageTests.shape) -> NetworkDescription {
    let last: [LayerDescription] = tested.kind == .softmax ? [] : [.dense(10, relu: false)]
    return NetworkDescription(name: "tested", input: input, layers: [.convolution(8), .convolution(8), tested] + last)
  }

  /// Of all layers, the input first.
  private static func lineages(
    _ description: NetworkDescription,
    _ input: NetworkInput = NetworkInput(values: LayerLineageTests.values, shape: LayerLineageTests.shape)
  ) throws -> [Lineage] {
    let checkpoint = try Checkpoint.initial(for: description, seed: 5)
    let model = try NetworkModel(description, checkpoint: checkpoint, input: input, batchSize: 8, compute: .single)
    let known = try model.lineages().intermediates
    return try (0...description.layerDescriptions.count).map { layer in
      try #require(known["layer\(layer)"], "this machine does not say what its processor is")
    }
  }

  @Test("Every property of every kind of layer changes by itself in some examples")
  func examples() {
    let unvaried = StoredProperties.unvaried(in: LayerExamples.all)
    #expect(unvaried.isEmpty, "add examples that change \(unvaried.sorted()) to LayerExamples")
    for name in LayerDescription.Kind.Name.allCases {
      let kinds = LayerExamples.kinds(name)
      #expect(!kinds.isEmpty && kinds.allSatisfy { $0.name == name }, "\(name)")
    }
  }

  @Test("A property that no example changes by itself is found, however deep it lies")
  func forgotten() {
    let dense: [LayerDescription.Kind] = [.dense(units: 12, relu: true), .dense(units: 13, relu: true), .dense(units: 14, relu: false)]
    #expect(StoredProperties.unvaried(in: dense) == [".dense.relu", ".dense.hasBias"])
    var strided = LayerDescription.Pooling(Extent(5))
    strided.stride = Extent(2, 1)
    #expect(StoredProperties.unvaried(in: [strided]).contains(".stride.some.columns"))
    let pools = [LayerDescription.Pooling(Extent(5)), LayerDescription.Pooling(Extent(5, 4)), strided]
    let unvaried = StoredProperties.unvaried(in: pools)
    #expect(unvaried.isSuperset(of: [".size.rows", ".stride.some.rows", ".padding.top", ".countsPadding"]))
    #expect(unvaried.isDisjoint(with: [".size.columns", ".stride"]))
  }

  @Test("Every example changes its lineage and that of what follows, not of what comes before")
  func parameters() throws {
    var layers = LayerExamples.all.map { LayerDescription($0, inputs: $0.readsSeveral ? [1, 2] : nil) }
    for inputs in [[2, 1], [1, 1], [1, 2, 1]] {
      layers += [LayerDescription(.add(relu: true), inputs: inputs), LayerDescription(.concatenate, inputs: inputs)]
    }
    layers += [.convolution(8).reading(1), .convolution(8).reading(0)]
    var (tested, after) = (Set<Lineage>(), Set<Lineage>())
    var before: Set<[Lineage]> = []
    for layer in layers {
      let lineages = try Self.lineages(Self.description(layer))
      #expect(tested.insert(lineages[3]).inserted, "\(layer) has the lineage of another layer")
      for lineage in lineages[4...] { #expect(after.insert(lineage).inserted, "what follows \(layer) has the lineage of something else") }
      before.insert(Array(lineages[...2]))
    }
    #expect(before.count == 1 && tested.isDisjoint(with: after))
  }

  // MARK: Properties of what layers are described by

  /// - Parameter changes: by the names of all properties of `plain`, a value in which this one differs, and whether bits may follow from it.
  private static func expectLineages<Value>(
    of plain: Value, _ changes: [String: (changed: Value, matters: Bool)], _ lineages: (Value) throws -> [Lineage]
  ) throws {
    #expect(StoredProperties.names(of: plain) == Set(changes.keys), "say of each property of \(Value.self) whether it matters")
    let before = try lineages(plain)
    for (name, (changed, matters)) in changes {
      let differences = StoredProperties(of: plain).differences(from: StoredProperties(of: changed))
      #expect(!differences.isEmpty && differences.allSatisfy { $0 == ".\(name)" || $0.hasPrefix(".\(name).") }, "\(name): \(differences)")
      let isOther = try lineages(changed) != before
      #expect(isOther == matters, "\(name) of \(Value.self)")
    }
  }

  @Test("Of a layer, its kind and what it reads are in the lineage; what matters in training only, and names, are not")
  func layers() throws {
    let plain = LayerDescription.convolution(8)
    var named = plain
    named.module = "conv1"
    try Self.expectLineages(
      of: plain,
      [
        "kind": (.convolution(9), true), "inputs": (plain.reading(1), true), "isFrozen": (plain.frozen(), false),
        "dropoutRate": (plain.dropout(0.3), false), "module": (named, false),
      ]
    ) { try Self.lineages(Self.description($0)) }
    #expect(try Self.lineages(Self.description(.dropout(0.1))) == Self.lineages(Self.description(.dropout(0.4))))
  }

  @Test("Of a network, its input, its normalization and its layers are in the lineages, and its name is not")
  func networks() throws {
    let plain = Self.description(.convolution(8))
    let normalization = InputNormalization(mean: [0, 0, 0], deviation: [1, 1, 1])
    func changed(_ change: (inout NetworkDescription) -> Void) -> NetworkDescription {
      var other = plain
      change(&other)
      return other
    }
    try Self.expectLineages(
      of: plain,
      [
        "name": (changed { $0.name = "other" }, false),
        "input": (changed { $0.input = ActivationShape(channels: 3, height: 9, width: 8) }, true),
        "normalization": (changed { $0.normalization = normalization }, true),
        "layerDescriptions": (changed { $0.layerDescriptions[0] = .convolution(8, relu: false) }, true),
      ]
    ) { try Self.lineages($0) }
  }

  @Test("Every number of the input's shape and of its normalization changes the lineage of the input, and so of all layers")
  func inputNumbers() throws {
    let shapes = [(3, 8, 8), (4, 8, 8), (3, 9, 8), (3, 8, 9)].map { ActivationShape(channels: $0.0, height: $0.1, width: $0.2) }
    var normalizations = [InputNormalization(mean: [0.5, 0.5, 0.5], deviation: [1, 1, 1])]
    for channel in 0..<3 {
      var (mean, deviation) = (normalizations[0].mean, normalizations[0].deviation)
      mean[channel] = 0.25
      deviation[channel] = 2
      normalizations.append(InputNormalization(mean: mean, deviation: normalizations[0].deviation))
      normalizations.append(InputNormalization(mean: normalizations[0].mean, deviation: deviation))
    }
    #expect(StoredProperties.unvaried(in: shapes).isEmpty && StoredProperties.unvaried(in: normalizations).isEmpty)
    var networks = shapes.map { Self.description(.convolution(8), input: $0) }
    networks += normalizations.map { normalization in
      var network = Self.description(.convolution(8))
      network.normalization = normalization
      return network
    }
    var seen: Set<Lineage> = []
    for network in networks {
      for lineage in try Self.lineages(network) {
        #expect(seen.insert(lineage).inserted, "\(network.input) \(network.normalization as Any)")
      }
    }
  }

  @Test("Of images, the pixels are in the lineages, and labels and where they are from are not; of arrays, every value and their number")
  func inputs() throws {
    let images = GeneratedImages(seed: 81).images(count: 2)
    var pixels = images.pixels
    pixels[pixels.count - 1] ^= 1
    let network = Self.description(.convolution(8), input: images.shape)
    try Self.expectLineages(
      of: images,
      [
        "pixels": (try ImageSet(pixels: pixels, labels: images.labels, source: images.source), true),
        "labels": (try ImageSet(pixels: images.pixels, labels: images.labels.map { 9 - $0 }, source: images.source), false),
        "source": (try ImageSet(pixels: images.pixels, labels: images.labels, source: .generated(seed: 82)), false),
      ]
    ) { try Self.lineages(network, NetworkInput($0)) }
    var other = Self.values
    other[other.count - 1] = other[other.count - 1].nextUp
    var seen: Set<Lineage> = []
    for values in [Self.values, other, Array(Self.values.dropLast(Self.shape.columnCount))] {
      for lineage in try Self.lineages(Self.description(.convolution(8)), NetworkInput(values: values, shape: Self.shape)) {
        #expect(seen.insert(lineage).inserted)
      }
    }
  }
}
