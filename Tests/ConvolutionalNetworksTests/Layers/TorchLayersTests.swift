import Foundation
import Groundwork
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// Whether Debian's python3-torch is there.
let hasTorch = (try? Command.run(["/usr/bin/python3", "-c", "import torch"]).status) == 0

/// Layers of random shapes against PyTorch: see Golden/torch_layers.py.
struct TorchLayersTests {
  private struct Cases: Decodable {
    let cases: [Case]
  }

  struct Case: Decodable {
    struct Tensor: Decodable {
      let shape: [Int]
      let values: [Float]
    }

    let kind: String
    let yaml: String
    let tensors: [String: Tensor]
    let input: [Float]
    let output: [Double]
    let shape: [Int]

    /// The network with its weights, which come through a file under PyTorch's names.
    func network() throws -> InferenceNetwork {
      let description = try NetworkDescription(yaml: yaml, origin: kind)
      let tensors = Checkpoint(tensors.map { .init(name: $0, shape: $1.shape, values: $1.values) })
      let (weights, unused) = try Checkpoint.reading(SafetensorsFile(tensors.safetensors(), origin: kind), for: description)
      #expect(unused.isEmpty, "\(unused)")
      return try InferenceNetwork(description, weights: weights, batchSize: 16, compute: .single)
    }
  }

  private static func golden() throws -> [Case] {
    let file = try #require(Bundle.module.url(forResource: "torch_layers", withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(Cases.self, from: Data(contentsOf: file)).cases
  }

  /// The largest difference from PyTorch in units of the largest value, or of 1.
  private static func check(_ test: Case) throws {
    let network = try test.network()
    let last = network.layers.count - 1
    let shape = network.layers[last].shape
    #expect([shape.channels, shape.height, shape.width].prefix(test.shape.count) == test.shape[...], "\(test.yaml)")
    var got: [Float] = []
    try test.input.withUnsafeBufferPointer { input in
      try network.forward(input, count: 2, through: last, wanted: [last]) { _, values in got = Array(values) }
    }
    // The variance of a few values may be next to nothing: PyTorch's rounding is then divided by the root of epsilon, 316 times larger.
    let isNormalizedOverFew = test.kind == "layerNormalization of channels" || test.kind == "perceptron"
    #expect(relativeDifference(got, test.output, scale: 1) < (isNormalizedOverFew ? 1e-4 : 1e-5), "\(test.yaml)")
  }

  @Test("Every kind of layer has PyTorch's values")
  func goldenValues() throws {
    let cases = try Self.golden()
    #expect(cases.count == 21)
    for test in cases { try Self.check(test) }
  }

  @Test("Layers of other random shapes have them too, where PyTorch is installed", .enabled(if: hasTorch))
  func otherShapes() throws {
    let script = try #require(Bundle.module.url(forResource: "torch_layers", withExtension: "py", subdirectory: "Golden"))
    let seed = Int.random(in: 2...1_000_000)
    let result = try Command.run(["/usr/bin/python3", script.path, "\(seed)", "12"])
    #expect(result.status == 0, "\(result.errors)")
    let cases = try JSONDecoder().decode(Cases.self, from: Data(result.output.utf8)).cases
    #expect(cases.count == 12 * 21)
    for test in cases {
      do { try Self.check(test) } catch { Issue.record("seed \(seed): \(test.yaml): \(error)") }
    }
  }

  @Test("An example's bits do not depend on its place, its neighbours or the size of the pass")
  func bits() throws {
    for test in try Self.golden() {
      let network = try test.network()
      let columns = network.layers[0].shape.columnCount
      var generator = SplitMix64(seed: 11)
      let array = InputArray((0..<(21 * columns)).map { _ in generator.normal() }, shape: network.layers[0].shape)
      let all = Set(0..<network.layers.count)
      func run(_ rows: [Int]) throws -> [[Float]] {
        var result = Array(repeating: [Float](), count: network.layers.count)
        try network.forwardInKernelOrder(array, rows: rows, wanted: all) { _, layer, values, order in
          let shape = network.layers[layer].shape
          guard order == .channelsLast else { return result[layer] += values }
          // Back to channels first, so that both runs are in one order.
          for row in 0..<(values.count / shape.columnCount) {
            for column in 0..<shape.columnCount {
              let place = shape.position(ofColumn: column)
              result[layer].append(
                values[row * shape.columnCount + (place.row * shape.width + place.column) * shape.channels + place.channel])
            }
          }
        }
        return result
      }
      let whole = try run(Array(0..<21))
      for row in [0, 3, 17, 20] {
        let alone = try run([row])
        for layer in network.layers {
          let size = layer.shape.columnCount
          #expect(sameBits(alone[layer.index], Array(whole[layer.index][(row * size)..<((row + 1) * size)])), "\(test.yaml), \(layer.name)")
        }
      }
    }
  }
}
