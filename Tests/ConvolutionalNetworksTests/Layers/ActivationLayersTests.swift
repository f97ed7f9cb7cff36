import Foundation
import Groundwork
import Testing

@testable import ConvolutionalNetworks

/// ReLU, softmax, dropout and flatten as layers of their own.
struct ActivationLayersTests {
  private let images = GeneratedImages(seed: 41).images(count: 72)

  /// Layers of `fusedCNN` and those of `cifar10CNN()` that emit the same.
  private static let counterparts = [0: [0], 1: [2], 2: [4], 3: [5, 6], 4: [8], 5: [10], 6: [11, 12], 7: [13], 8: [15, 16], 9: [17]]
  /// Where the weights of `fusedCNN` are in `cifar10CNN()`.
  private static let numbers = [1: 1, 2: 3, 4: 7, 5: 9, 8: 14, 9: 17]

  private static func fused(_ separate: Checkpoint) -> Checkpoint {
    var tensors: [Checkpoint.Tensor] = []
    for (number, counterpart) in numbers.sorted(by: { $0.key < $1.key }) {
      for tensor in separate.tensors(ofLayer: counterpart) {
        let role = tensor.name.drop { $0 != "." }
        tensors.append(.init(name: "layer\(number)\(role)", shape: tensor.shape, values: tensor.values))
      }
    }
    return Checkpoint(tensors)
  }

  @Test("ReLU as a layer gives the bits of ReLU as a property, and dropout and flatten those of what they read", arguments: [1, 2])
  func sameAsFused(threads: Int) throws {
    let weights = try Checkpoint.initial(for: .cifar10CNN(), seed: 3)
    let compute = ComputeThread(threads: threads)
    let separate = try InferenceNetwork(.cifar10CNN(), weights: weights, compute: compute)
    let fused = try InferenceNetwork(.fusedCNN, weights: Self.fused(weights), compute: compute)
    for rows in [Array(0..<72), [5], Array(3..<30)] {
      let got = try separate.activations(images, rows: rows, layers: Set(0...18))
      let expected = try fused.activations(images, rows: rows, layers: Set(0...9))
      for (layer, counterparts) in Self.counterparts {
        for counterpart in counterparts { #expect(sameBits(got[counterpart], expected[layer]), "layer \(layer), \(counterpart)") }
      }
      // The values before ReLU are still there when it has run.
      for layer in [1, 3, 7, 9, 14] {
        let values = try #require(got[layer])
        #expect(values.contains { $0 < 0 })
        #expect(got[layer + 1] == values.map { max($0, 0) })
      }
    }
  }

  @Test("A training step has the same bits whether ReLU and dropout are properties or layers")
  func sameTraining() throws {
    let weights = try Checkpoint.initial(for: .cifar10CNN(), seed: 3)
    var parameters = TrainingParameters(epochs: 1, seed: 4)
    parameters.batchSize = 16
    func train(_ network: NetworkDescription, _ weights: Checkpoint, maskedBy masks: [Int]) throws -> (
      losses: [Double], weights: Checkpoint
    ) {
      try ComputeThread.single.perform {
        let graph = try TrainingGraph(try network.layers(), weights: weights, parameters: parameters)
        // The same masks, though the layers have other numbers.
        for (layer, mask) in zip(graph.network.layers.filter { $0.dropout != nil }, masks) { layer.dropout!.layer = mask }
        var losses: [Double] = []
        for step in 1...3 {
          images.normalize(rows: (step * 16 - 16)..<(step * 16), into: graph.input)
          losses.append(try graph.forwardAndBackward(labels: Array(images.labels[(step * 16 - 16)..<(step * 16)]), step: step).loss)
          graph.update(learningRate: 0.01, step: step)
        }
        return (losses, try graph.checkpoint())
      }
    }
    let separate = try train(.cifar10CNN(), weights, maskedBy: [1, 2, 3])
    let fused = try train(.fusedCNN, Self.fused(weights), maskedBy: [1, 2, 3])
    #expect(separate.losses == fused.losses)
    #expect(Self.fused(separate.weights) == fused.weights)
    #expect(separate.weights != weights)
  }

  @Test("The gradient of the input has the same bits too")
  func sameInputGradient() throws {
    let weights = try Checkpoint.initial(for: .cifar10CNN(), seed: 3)
    let separate = try InputGradient(.cifar10CNN(), weights: weights, batchSize: 16, compute: .single)
    let fused = try InputGradient(.fusedCNN, weights: Self.fused(weights), batchSize: 16, compute: .single)
    let rows = Array(7..<30)
    #expect(try sameBits(separate.gradients(of: images, rows: rows), fused.gradients(of: images, rows: rows)))
  }

  @Test("Layers that repeat others share their memory; ReLU, and dropout in training, have their own")
  func memory() throws {
    let layers = try NetworkDescription.cifar10CNN().layers()
    func shared(_ purpose: BoundLayer.Purpose) throws -> [Int] {
      try ComputeThread.single.perform {
        let bound = try BoundNetwork(layers, batchSize: 8, purpose: purpose).layers
        return (2...18).filter { bound[$0 - 1].output.memory === bound[$0 - 2].output.memory }
      }
    }
    #expect(try shared(.inference) == [6, 12, 16])
    #expect(try shared(.training) == [18])
    #expect(try shared(.inputGradient) == [6, 12, 16, 18])
  }

  @Test("A dropout layer drops the stated share in training, scales up what it keeps, and leaves what it reads")
  func dropout() throws {
    let network = NetworkDescription(
      name: "n", input: ActivationShape(channels: 3, height: 32, width: 32), layers: [.relu, .dropout(0.25), .dense(10, relu: false)])
    var parameters = TrainingParameters(epochs: 1, seed: 4)
    parameters.batchSize = 16
    try ComputeThread.single.perform {
      let graph = try TrainingGraph(try network.layers(), weights: .initial(for: network, seed: 1), parameters: parameters)
      images.normalize(rows: 0..<16, into: graph.input)
      _ = try graph.forwardAndBackward(labels: Array(images.labels[0..<16]), step: 1)
      let (before, after) = (
        Array(try graph.network.plainActivations(layer: 1)), Array(try graph.network.plainActivations(layer: 2))
      )
      let positive = before.indices.filter { before[$0] > 0 }
      let dropped = positive.filter { after[$0] == 0 }
      #expect(abs(Double(dropped.count) / Double(positive.count) - 0.25) < 0.02)
      #expect(before.indices.allSatisfy { after[$0] == 0 || after[$0] == before[$0] * (Float(4) / 3) })
    }
  }

  @Test("Softmax is computed over the channels of each place, for logits of any size")
  func softmax() throws {
    let shape = ActivationShape(channels: 17, height: 2, width: 3)
    let network = NetworkDescription(name: "n", input: shape, layers: [.softmax])
    let inference = try InferenceNetwork(network, weights: Checkpoint([]), batchSize: 16, compute: .single)
    var random = SplitMix64(seed: 12)
    for scale in [0, 1, 30, 1e4, 3e38] as [Float] {
      let logits = (0..<16 * shape.columnCount).map { _ in max(-1, min(1, random.normal())) * scale }
      var got: [Float] = []
      try logits.withUnsafeBufferPointer { try inference.forward($0, count: 16, through: 1, wanted: [1]) { got += $1 } }
      try #require(got.count == logits.count)
      for image in 0..<16 {
        for place in 0..<6 {
          let columns = (0..<17).map { image * shape.columnCount + $0 * 6 + place }
          let largest = columns.map { Double(logits[$0]) }.max()!
          let exponentials = columns.map { exp(Double(logits[$0]) - largest) }
          let sum = exponentials.reduce(0, +)
          for (column, exponential) in zip(columns, exponentials) { #expect(abs(Double(got[column]) - exponential / sum) < 1e-6) }
        }
      }
    }
  }

  @Test("A class may have any number, and a row with a NaN among its logits has none")
  func manyClasses() throws {
    let wide = NetworkDescription(name: "n", input: ActivationShape(channels: 3, height: 32, width: 32), layers: [.dense(300, relu: false)])
    func labels(bias: [Float]) throws -> [Int?] {
      let weights = Checkpoint([
        .init(name: "layer1.weights", shape: [300, 3_072], values: Array(repeating: 0, count: 300 * 3_072)),
        .init(name: "layer1.bias", shape: [300], values: bias),
      ])
      return try InferenceNetwork(wide, weights: weights, compute: .single).predictedLabels(for: images, rows: [0, 1])
    }
    #expect(try labels(bias: (0..<300).map { $0 == 299 ? 1 : 0 }) == [299, 299])
    #expect(try labels(bias: (0..<300).map { $0 == 7 ? .nan : 0 }) == [nil, nil])
  }

  @Test("Softmax changes no class, not even where it rounds two logits to one probability")
  func predictions() throws {
    let input = ActivationShape(channels: 3, height: 32, width: 32)
    let logits = NetworkDescription(name: "n", input: input, layers: [.dense(10, relu: false)])
    let network = NetworkDescription(name: "n", input: input, layers: [.dense(10, relu: false), .softmax])
    let weights = try Checkpoint.initial(for: network, seed: 5)
    func predictions(_ network: NetworkDescription, _ weights: Checkpoint) throws -> [Int?] {
      try InferenceNetwork(network, weights: weights, compute: .single).predictedLabels(for: images, rows: Array(0..<70))
    }
    #expect(try predictions(network, weights) == predictions(logits, weights))
    #expect(try Set(predictions(network, weights)).count > 1)
    let flat = Checkpoint([
      .init(name: "layer1.weights", shape: [10, 3_072], values: Array(repeating: 0, count: 30_720)),
      .init(name: "layer1.bias", shape: [10], values: (0..<10).map { $0 == 7 ? 1e-9 : 0 }),
    ])
    let probabilities = try InferenceNetwork(network, weights: flat, compute: .single).activations(images, rows: [0], layers: [2])[2]
    #expect(try Set(#require(probabilities)).count == 1)
    #expect(try predictions(network, flat) == Array(repeating: 7, count: 70))
  }
}
