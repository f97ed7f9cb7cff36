import Foundation
import Groundwork
import Testing

@testable import ConvolutionalNetworks

/// Forward and backward pass against NumPy in float64 (Golden/make_golden.py) and against finite differences.
struct GoldenNetworkTests {
  private let network = NetworkDescription(
    name: "tiny", input: ActivationShape(channels: 2, height: 6, width: 6),
    layers: [.convolution(3), .maxPool(2), .convolution(4, kernel: 2, padding: .valid), .flatten, .dense(5), .dense(4, relu: false)])
  private let fixture: GoldenNetwork
  private var golden: GoldenNetwork.Values { fixture.values }
  private var weights: Checkpoint { fixture.weights }

  init() throws { fixture = try GoldenNetwork("tiny_network", of: network) }

  private func largestDifference(_ got: [Float], _ expected: [Double]) -> Double {
    got.count == expected.count ? zip(got, expected).map { abs(Double($0) - $1) }.max() ?? 0 : .infinity
  }

  @Test("Every layer's activations match NumPy")
  func activations() throws {
    let inference = try InferenceNetwork(network, weights: weights, batchSize: 8, compute: .single)
    var seen: [Int] = []
    try golden.activations[0].map { Float($0) }.withUnsafeBufferPointer { input in
      try inference.forward(input, count: 8, through: 6, wanted: Set(0...6)) { layer, values in
        seen.append(layer)
        #expect(largestDifference(Array(values), golden.activations[layer]) < 1e-5, "layer \(layer)")
      }
    }
    #expect(seen == Array(0...6))
  }

  @Test("Loss and gradients match NumPy")
  func gradients() throws {
    let (result, gradients) = try ComputeThread.single.perform {
      let graph = try fixture.graph()
      return (try graph.forwardAndBackward(labels: golden.labels, step: 1), try graph.gradientTensors())
    }
    #expect(abs(result.loss - golden.loss) < 1e-5)
    #expect(gradients.tensors.count == 8)
    for tensor in gradients.tensors {
      #expect(largestDifference(tensor.values, try #require(golden.gradients[tensor.name])) < 1e-5, "\(tensor.name)")
    }
  }

  @Test("Two steps with momentum match NumPy")
  func momentum() throws {
    let trained = try ComputeThread.single.perform {
      let graph = try fixture.graph()
      for step in 1...2 {
        _ = try graph.forwardAndBackward(labels: golden.labels, step: step)
        graph.update(learningRate: 0.1, step: step)
      }
      return try graph.checkpoint()
    }
    let expected = try #require(golden.weightsAfterTwoSteps)
    for tensor in trained.tensors {
      #expect(largestDifference(tensor.values, try #require(expected[tensor.name])) < 1e-5, "\(tensor.name)")
    }
  }

  @Test("Gradients match finite differences")
  func finiteDifferences() throws {
    let step: Float = 1e-2
    try ComputeThread.single.perform {
      let graph = try fixture.graph()
      _ = try graph.forwardAndBackward(labels: golden.labels, step: 1)
      let gradients = try graph.gradientTensors()
      var generator = SplitMix64(seed: 77)
      for (number, tensor) in weights.tensors.enumerated() {
        // Along the gradient itself the loss must rise at the gradient's length: one number checks every value of the tensor.
        let slope = gradients.tensors[number].values
        let length = slope.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // And along a random direction, at the dot product with it.
        let random = slope.map { _ in generator.normal() / Float(slope.count).squareRoot() }
        for (direction, expected) in [
          (slope.map { $0 / length }, length), (random, zip(slope, random).reduce(0) { $0 + $1.0 * $1.1 }),
        ] {
          let losses = try [step, -step].map { step in
            var tensors = weights.tensors
            let moved = zip(tensor.values, direction).map { $0 + step * $1 }
            tensors[number] = Checkpoint.Tensor(name: tensor.name, shape: tensor.shape, values: moved)
            var parameters = TrainingParameters(epochs: 1, seed: 1)
            parameters.batchSize = 8
            let graph = try TrainingGraph(try network.layers(), weights: Checkpoint(tensors), parameters: parameters)
            for (place, value) in golden.activations[0].enumerated() { graph.input[place] = Float(value) }
            return try graph.forwardAndBackward(labels: golden.labels, step: 1).loss
          }
          let measured = Float((losses[0] - losses[1]) / Double(2 * step))
          #expect(abs(measured - expected) < 0.02 * max(length, 0.05), "\(tensor.name): \(measured), expected \(expected)")
        }
      }
    }
  }
}
