import Foundation
import Testing

@testable import ConvolutionalNetworks

/// The Keras example's 18 layers with few channels against PyTorch in float64 (Golden/make_keras_golden.py).
struct GoldenKerasTests {
  private struct Golden: Decodable {
    let labels: [UInt8]
    let loss: Double
    let weights: [String: [Double]]
    let activations: [[Double]]
    let gradients: [String: [Double]]
    let weightsAfterOneStep: [String: [Double]]
    let inputGradient: [Double]
  }

  private let network = NetworkDescription(
    name: "Keras", input: ActivationShape(channels: 2, height: 14, width: 14),
    layers: [
      .convolution(3, relu: false), .relu, .convolution(3, relu: false, padding: .valid), .relu, .maxPool(2), .dropout(0.25),
      .convolution(4, relu: false), .relu, .convolution(4, relu: false, padding: .valid), .relu, .maxPool(2), .dropout(0.25),
      .flatten, .dense(6, relu: false), .relu, .dropout(0.5), .dense(4, relu: false), .softmax,
    ])
  private let tolerance = 1e-5
  private let golden: Golden
  private let weights: Checkpoint

  init() throws {
    let file = try #require(Bundle.module.url(forResource: "keras_network", withExtension: "json", subdirectory: "Golden"))
    let golden = try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: file))
    self.golden = golden
    weights = Checkpoint(
      try Checkpoint.initial(for: network, seed: 1).tensors.map {
        Checkpoint.Tensor(name: $0.name, shape: $0.shape, values: try #require(golden.weights[$0.name]).map { Float($0) })
      })
  }

  private var images: [Float] { golden.activations[0].map { Float($0) } }

  /// A graph of the network, whose dropout drops nothing, that holds the golden weights and images.
  private func graph() throws -> TrainingGraph {
    var parameters = TrainingParameters(epochs: 1, seed: 1)
    parameters.batchSize = 8
    parameters.optimizer = .momentum(0.9)
    var network = network
    network.layerDescriptions = network.layerDescriptions.map { $0.dropout(0) }
    let graph = try TrainingGraph(try network.layers(), weights: weights, parameters: parameters)
    _ = graph.input.update(fromContentsOf: images)
    return graph
  }

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
      let graph = try graph()
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
      let graph = try graph()
      _ = try graph.forwardAndBackward(labels: golden.labels, step: 1)
      graph.update(learningRate: 0.1, step: 1)
      return try graph.checkpoint()
    }
    #expect(trained.tensors.map(\.name).sorted() == golden.weightsAfterOneStep.keys.sorted())
    for tensor in trained.tensors {
      #expect(relativeDifference(tensor.values, try #require(golden.weightsAfterOneStep[tensor.name])) < tolerance, "\(tensor.name)")
    }
  }

  @Test("The gradient of the input matches PyTorch")
  func inputGradient() throws {
    let gradient = try InputGradient(network, weights: weights, batchSize: 8, compute: .single)
    let got = try images.withUnsafeBufferPointer { try gradient.gradients(of: $0, labels: golden.labels) }
    #expect(relativeDifference(got, golden.inputGradient) < tolerance)
  }
}
