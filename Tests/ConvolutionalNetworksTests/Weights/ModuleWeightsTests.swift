import Foundation
import Testing

@testable import ConvolutionalNetworks

/// Weights under PyTorch's names, and what is refused.
struct ModuleWeightsTests {
  private static let yaml = """
    name: named
    input: [4, 3, 3]
    layers:
      - convolution: {channels: 2, kernel: [1, 2], groups: 2, padding: valid, bias: false, module: features.0}
      - batchNormalization: {module: features.1}
      - layerNormalization: {module: norm}
      - dense: {units: 3}
    """

  private static let tensors: [String: (shape: [Int], values: [Float])] = [
    "features.0.weight": ([2, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]), "features.1.weight": ([2], [1, 2]), "features.1.bias": ([2], [3, 4]),
    "features.1.running_mean": ([2], [5, 6]), "features.1.running_var": ([2], [7, 8]),
    "norm.weight": ([2, 3, 2], (0..<12).map(Float.init)), "norm.bias": ([2, 3, 2], (0..<12).map { -Float($0) }),
    "layer4.weights": ([3, 12], (0..<36).map(Float.init)), "layer4.bias": ([3], [9, 8, 7]),
  ]

  private static func read(
    prefix: String = "", over: String = "example", change: (inout [String: (shape: [Int], values: [Float])]) -> Void = { _ in }
  ) throws -> (checkpoint: Checkpoint, unused: [String]) {
    let text = yaml.replacingOccurrences(of: "{module: norm}", with: "{module: norm, over: \(over)}")
    let network = try NetworkDescription(yaml: text, origin: "t")
    var changed = tensors
    change(&changed)
    let file = Checkpoint(changed.sorted { $0.key < $1.key }.map { .init(name: prefix + $0, shape: $1.shape, values: $1.values) })
    return try Checkpoint.reading(SafetensorsFile(file.safetensors(), origin: "w"), for: network)
  }

  @Test("Each layer has its module's tensors, statistics included, and the others their own names")
  func names() throws {
    for prefix in ["", "module.", "model."] {
      let (checkpoint, unused) = try Self.read(prefix: prefix) { $0["other.weight"] = ([1], [1]) }
      #expect(unused == [prefix + "other.weight"])
      let names = checkpoint.tensors.map(\.name)
      #expect(
        names == [
          "layer1.weights", "layer2.weights", "layer2.bias", "layer2.mean", "layer2.variance", "layer3.weights", "layer3.bias",
          "layer4.weights", "layer4.bias",
        ])
      #expect(checkpoint["layer1.weights"]?.shape == [2, 2, 1, 2] && checkpoint["layer2.mean"]?.values == [5, 6])
      #expect(checkpoint["layer2.variance"]?.values == [7, 8] && checkpoint["layer3.bias"]?.values[3] == -3)
    }
  }

  @Test("Weights over time are those over maps of one row, and a group normalization of one group has a value per channel")
  func otherShapes() throws {
    let (checkpoint, _) = try Self.read(over: "group") {
      $0["features.0.weight"]!.shape = [2, 2, 2]
      $0["norm.weight"] = ([2], [1, 2])
    }
    #expect(checkpoint["layer1.weights"]?.shape == [2, 2, 1, 2] && checkpoint["layer1.weights"]?.values == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(
      checkpoint["layer3.weights"]?.shape == [2, 3, 2] && checkpoint["layer3.weights"]?.values == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2])
    for shape in [[2, 1, 2, 2], [2, 4], [1, 2, 2, 2], [2, 2, 2, 1]] {
      #expect(throws: NetworkWeightsError.self) { try Self.read { $0["features.0.weight"]!.shape = shape } }
    }
    for over in ["example", "group"] {
      #expect(throws: NetworkWeightsError.self) { try Self.read(over: over) { $0["norm.weight"] = ([3], [1, 2, 3]) } }
    }
  }

  @Test("What does not fit names the layer and what to do")
  func refused() {
    func expect(
      _ change: @escaping (inout [String: (shape: [Int], values: [Float])]) -> Void, _ parts: String...,
      at place: SourceLocation = #_sourceLocation
    ) {
      let error = #expect(throws: NetworkWeightsError.self, sourceLocation: place) { _ = try Self.read(change: change) }
      for part in parts { #expect("\(error!)".contains(part), "\(error!)", sourceLocation: place) }
    }
    expect({ $0["features.0.weight"] = nil }, "layer convolution1: w has no tensor features.0.weight", "as named_modules() prints it")
    expect({ $0["features.1.running_var"] = nil }, "layer batchNormalization2: w has no tensor features.1.running_var")
    expect({ $0["layer4.weights"] = nil }, "layer dense4: w has no tensor layer4.weights. Write which module the layer is")
    expect({ $0["layer4.bias"] = nil }, "layer dense4: w has no tensor layer4.bias. Write bias: false if the layer has none")
    expect({ $0["features.0.bias"] = ([2], [1, 1]) }, "layer convolution1: w has features.0.bias, but the layer says bias: false")
    expect(
      { $0["features.0.weight"] = ([2, 4, 1, 2], Array(repeating: 1, count: 16)) }, "layer convolution1", "has the shape [2, 4, 1, 2]",
      "needs [2, 2, 1, 2]")
    // Weights of ConvNeXt's normalization, or of a group's: whichever it is computes something else.
    expect({ $0["norm.weight"] = ([2], [1, 2]) }, "layer layerNormalization3", "over: channels", "over: group")
    expect({ $0["norm.weight"] = ([12], Array(repeating: 1, count: 12)) }, "layer layerNormalization3", "needs [2, 3, 2]")
    expect({ $0["norm.bias"]!.values[5] = .nan }, "layer layerNormalization3", "has the value nan at place 5")
    expect({ $0["features.1.running_var"]!.values[1] = -1 }, "layer batchNormalization2", "the variance -1.0 at place 1")
  }

  @Test("A convolution without a bias gives what one with zeros gives, and keeps no bias when it is trained")
  func withoutBias() throws {
    var (with, without) = (LayerDescription.Convolution(channels: 8), LayerDescription.Convolution(channels: 8))
    without.hasBias = false
    with.relu = false
    without.relu = false
    func network(_ convolution: LayerDescription.Convolution, hasBias: Bool) -> NetworkDescription {
      NetworkDescription(
        name: "n", input: ActivationShape(channels: 3, height: 32, width: 32),
        layers: [
          LayerDescription(.convolution(convolution)), .relu, .globalAveragePool,
          LayerDescription(.dense(units: 10, relu: false, hasBias: hasBias)),
        ])
    }
    let images = GeneratedImages(seed: 3).images(count: 320)
    let results = try [network(with, hasBias: true), network(without, hasBias: false)].map { description in
      try InferenceNetwork(description, weights: .initial(for: description, seed: 2), batchSize: 16, compute: .single)
        .activations(images, rows: [0, 9], layers: [1, 4])
    }
    #expect(sameBits(results[0][1], results[1][1]) && sameBits(results[0][4], results[1][4]))
    let description = network(without, hasBias: false)
    let run = try Trainer(description, .quick(), compute: .single).train(on: images)
    #expect(run.final.tensors.map(\.name) == ["layer1.weights", "layer4.weights"])
    #expect(run.final["layer1.weights"] != (try Checkpoint.initial(for: description, seed: 1))["layer1.weights"])
  }
}
