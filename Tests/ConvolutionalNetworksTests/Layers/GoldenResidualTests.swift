import Foundation
import Testing

@testable import ConvolutionalNetworks

/// A residual network with every joint against PyTorch in float64 (Golden/make_residual_golden.py).
struct GoldenResidualTests {
  private let network = NetworkDescription(
    name: "residual", input: ActivationShape(channels: 2, height: 8, width: 8),
    layers: [
      .convolution(4, relu: false), .batchNormalization(), .convolution(4), .add(1, 2, 3), .convolution(6, stride: 2, relu: false),
      .batchNormalization(relu: false), .convolution(6, kernel: 1, stride: 2, relu: false).reading(4), .batchNormalization(relu: false),
      .add(6, 8), .averagePool(2), .convolution(5, kernel: 1), .globalAveragePool, .dense(4, relu: false),
    ])
  private let tolerance = 1e-5
  private let fixture: GoldenNetwork
  private var golden: GoldenNetwork.Values { fixture.values }
  private var weights: Checkpoint { fixture.weights }

  init() throws { fixture = try GoldenNetwork("residual_network", of: network) }

  private var images: [Float] { fixture.images }

  @Test("Every layer's activations match PyTorch")
  func activations() throws {
    let inference = try InferenceNetwork(network, weights: weights, batchSize: 8, compute: .single)
    try images.withUnsafeBufferPointer { input in
      try inference.forward(input, count: 8, through: 13, wanted: Set(0...13)) { layer, values in
        #expect(relativeDifference(Array(values), golden.activations[layer]) < tolerance, "layer \(layer)")
      }
    }
  }

  @Test("The loss and the gradients of all weights match PyTorch")
  func gradients() throws {
    let (result, gradients) = try ComputeThread.single.perform {
      let graph = try fixture.graph()
      return (try graph.forwardAndBackward(labels: golden.labels, step: 1), try graph.gradientTensors())
    }
    #expect(abs(result.loss - golden.loss) < tolerance * golden.loss)
    #expect(gradients.tensors.map(\.name).sorted() == golden.gradients.keys.sorted())
    for tensor in gradients.tensors {
      // The gradient of a bias before a normalization is zero but for rounding: its measure is that of the weights beside it.
      let weights = try #require(golden.gradients[tensor.name.replacingOccurrences(of: "bias", with: "weights")])
      let difference = relativeDifference(
        tensor.values, try #require(golden.gradients[tensor.name]), scale: weights.map(abs).max() ?? 0)
      #expect(difference < tolerance, "\(tensor.name)")
    }
  }

  @Test("Weights and running statistics after a step match PyTorch")
  func step() throws {
    let trained = try ComputeThread.single.perform {
      let graph = try fixture.graph()
      _ = try graph.forwardAndBackward(labels: golden.labels, step: 1)
      graph.update(learningRate: 0.1, step: 1)
      return try graph.checkpoint()
    }
    let expected = try #require(golden.weightsAfterOneStep)
    #expect(trained.tensors.map(\.name).sorted() == expected.keys.sorted())
    for tensor in trained.tensors {
      #expect(relativeDifference(tensor.values, try #require(expected[tensor.name])) < tolerance, "\(tensor.name)")
    }
    #expect(trained["layer2.mean"] != weights["layer2.mean"] && trained["layer2.variance"] != weights["layer2.variance"])
  }

  @Test("The gradient of the input matches PyTorch, through frozen layers too")
  func inputGradient() throws {
    var frozen = network
    frozen.layerDescriptions = frozen.layerDescriptions.map { $0.frozen() }
    for network in [network, frozen] {
      let gradient = try InputGradient(network, weights: weights, batchSize: 8, compute: .single)
      let got = try images.withUnsafeBufferPointer { try gradient.gradients(of: $0, labels: golden.labels) }
      #expect(relativeDifference(got, try #require(golden.inputGradient)) < tolerance)
    }
  }
}
