import Foundation
import Testing

@testable import ConvolutionalNetworks

/// The Keras example's 18 layers with few channels against PyTorch in float64 (Golden/make_keras_golden.py).
struct GoldenKerasTests {
  private let network = NetworkDescription(
    name: "Keras", input: ActivationShape(channels: 2, height: 14, width: 14),
    layers: [
      .convolution(3, relu: false), .relu, .convolution(3, relu: false, padding: .valid), .relu, .maxPool(2), .dropout(0.25),
      .convolution(4, relu: false), .relu, .convolution(4, relu: false, padding: .valid), .relu, .maxPool(2), .dropout(0.25),
      .flatten, .dense(6, relu: false), .relu, .dropout(0.5), .dense(4, relu: false), .softmax,
    ])
  private let tolerance = 1e-5
  private let fixture: GoldenNetwork
  private var golden: GoldenNetwork.Values { fixture.values }
  private var weights: Checkpoint { fixture.weights }

  init() throws { fixture = try GoldenNetwork("keras_network", of: network) }

  private var images: [Float] { fixture.images }

  @Test("Every layer's activations match PyTorch")
  func activations() throws {
    let inference = try InferenceNetwork(network, weights: weights, batchSize: 8, compute: .single)
    var seen: [Int] = []
    try images.withUnsafeBufferPointer { input in
      try inference.forward(input, count: 8, through: 18, wanted: Set(0...18)) { layer, values in
        seen.append(layer)
        #expect(relativeDifference(Array(values), golden.activations[layer]) < tolerance, "layer \(layer)")
      }
    }
    #expect(seen == Array(0...18))
    #expect(golden.activations[1].contains { $0 < 0 } && golden.activations[14].contains { $0 < 0 })
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
      #expect(relativeDifference(tensor.values, try #require(golden.gradients[tensor.name])) < tolerance, "\(tensor.name)")
    }
  }

  @Test("The weights after a step match PyTorch")
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
  }

  @Test("The gradient of the input matches PyTorch")
  func inputGradient() throws {
    let gradient = try InputGradient(network, weights: weights, batchSize: 8, compute: .single)
    let got = try images.withUnsafeBufferPointer { try gradient.gradients(of: $0, labels: golden.labels) }
    #expect(relativeDifference(got, try #require(golden.inputGradient)) < tolerance)
  }
}
