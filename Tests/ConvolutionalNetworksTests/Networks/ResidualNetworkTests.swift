import Foundation
import Testing

@testable import ConvolutionalNetworks

/// ResNet-20 and networks with every joint: described as data, they train, infer and are kept like a chain of layers.
struct ResidualNetworkTests {
  private let images = GeneratedImages(seed: 61).images(count: 256)

  @Test("ResNet-20 has the shapes of the paper")
  func shapes() throws {
    let layers = try NetworkDescription.resNet20().layers()
    let sums = layers.filter { $0.name.hasPrefix("add") }
    #expect(
      sums.map(\.shape.description) == Array(repeating: "(16, 32, 32)", count: 3) + Array(repeating: "(32, 16, 16)", count: 3)
        + Array(repeating: "(64, 8, 8)", count: 3))
    #expect(layers.count { $0.name.hasPrefix("convolution") && $0.parameterShapes[0][2] == 3 } + 1 == 20)
    #expect(layers[layers.count - 2].shape == ActivationShape(channels: 64) && layers[layers.count - 1].shape.columnCount == 10)
    // 0.27 million in the paper's table 6, to which option B adds its shortcuts, and biases.
    #expect(layers.reduce(0) { $0 + $1.parameterCount } == 273_258)
    // 41 million multiplications and additions, as is often quoted for the paper's network.
    #expect((80e6...85e6).contains(try NetworkDescription.resNet20().flopsPerImage(through: layers.count - 1)))
  }

  @Test("ResNet-20 learns in a few steps")
  func learns() throws {
    var parameters = TrainingParameters.quick()
    parameters.epochs = 2
    parameters.checkpointCount = 4
    parameters.learningRate = 0.003
    parameters.mirrorsImages = false
    let run = try Trainer(.resNet20(), parameters, compute: .single).train(on: images)
    let losses = run.snapshots.map(\.loss)
    #expect(losses[3] < losses[0] - 0.1, "losses \(losses)")
    #expect(try Checkpoint(serialized: run.final.serialized(), origin: "memory") == run.final)
    try run.final.validate(for: .resNet20())
    #expect(run.final["layer2.variance"] != run.snapshots[0].checkpoint["layer2.variance"])
  }

  @Test(
    "The bits of a row depend on nothing but the image",
    arguments: [NetworkDescription.resNet20(), .everyKind, .multilayerPerceptron(hidden: [64, 32])])
  func rowBits(description: NetworkDescription) throws {
    let weights = try Checkpoint.initial(for: description, seed: 2)
    let all = Set(0...description.layerDescriptions.count)
    let network = try InferenceNetwork(description, weights: weights, batchSize: 16, compute: .single)
    let whole = try network.activations(images, rows: Array(0..<40), layers: all)
    for rows in [[0], [39], [7, 7, 3], Array((10..<40).reversed())] {
      let part = try network.activations(images, rows: rows, layers: all)
      for layer in all {
        let columns = network.layers[layer].shape.columnCount
        #expect(
          sameBits(part[layer], rows.flatMap { whole[layer]![($0 * columns)..<(($0 + 1) * columns)] }), "layer \(layer), rows \(rows)")
      }
    }
    for (batchSize, threads) in [(8, 1), (64, 2), (24, 3)] {
      let other = try InferenceNetwork(description, weights: weights, batchSize: batchSize, compute: ComputeThread(threads: threads))
      let got = try other.activations(images, rows: Array(0..<40), layers: all)
      for layer in all { #expect(sameBits(got[layer], whole[layer]), "layer \(layer), batch \(batchSize), threads \(threads)") }
    }
  }

  @Test("Only the layers that are needed are computed")
  func neededLayers() throws {
    let description = NetworkDescription.everyKind
    let network = try InferenceNetwork(description, weights: .initial(for: description, seed: 2), batchSize: 8, compute: .single)
    let whole = try network.activations(images, rows: [1, 2], layers: [11])
    network.resetTimings()
    // Layer 11 reads 8, which reads neither 9 nor 10.
    let alone = try network.activations(images, rows: [1, 2], layers: [11])
    #expect(network.layerTimings.indices.filter { network.layerTimings[$0].passes == 1 } == [0, 1, 2, 3, 4, 5, 6, 7, 8, 11])
    #expect(sameBits(alone[11], whole[11]))
    let layers = network.layers
    #expect(layers.needed(for: [6]) == [0, 1, 2, 3, 4, 6])
    #expect(layers[4].inputs == [1, 2, 3] && layers[8].inputs == [7, 7] && layers[1].inputs == [0] && layers[0].inputs == [])
    let skipped = layers[5].flopsPerImage
    #expect(try description.flopsPerImage(through: 6) == layers[...6].reduce(0) { $0 + $1.flopsPerImage } - skipped)
  }

  @Test("A repeated training gives the same bits")
  func repeated() throws {
    let first = try Trainer(.everyKind, .quick(), compute: .single).train(on: images[0..<128].repeated(3))
    #expect(try Trainer(.everyKind, .quick(), compute: .single).train(on: images[0..<128].repeated(3)) == first)
  }

  @Test("A frozen normalization keeps its statistics and uses them")
  func frozenNormalization() throws {
    var network = NetworkDescription.everyKind
    network.layerDescriptions[1] = network.layerDescriptions[1].frozen()
    let initial = try Checkpoint.initial(for: network, seed: 50)
    let trained = try Trainer(network, .quick(), compute: .single).train(on: images[0..<128].repeated(3), from: initial).final
    #expect(trained.tensors(ofLayer: 2) == initial.tensors(ofLayer: 2) && trained.tensors(ofLayer: 2).count == 4)
    #expect(trained.tensors(ofLayer: 1) != initial.tensors(ofLayer: 1))
    #expect(trained["layer14.mean"] != initial["layer14.mean"])
  }

  /// In training every joint must add the gradients of all its readers: along the whole gradient the loss rises at its length.
  @Test("Gradients of a network with every joint match finite differences")
  func finiteDifferences() throws {
    var network = NetworkDescription.everyKind
    network.layerDescriptions = network.layerDescriptions.map { $0.dropout(0) }
    let layers = try network.layers()
    let weights = try Checkpoint.initial(for: network, seed: 3)
    var parameters = TrainingParameters(epochs: 1, seed: 1)
    parameters.batchSize = 16
    func loss(_ weights: Checkpoint) throws -> (loss: Double, gradients: Checkpoint) {
      try ComputeThread.single.perform {
        let graph = try TrainingGraph(layers, weights: weights, parameters: parameters)
        images.normalize(rows: 0..<16, into: graph.input)
        let result = try graph.forwardAndBackward(labels: Array(images.labels[0..<16]), step: 1)
        return (result.loss, try graph.gradientTensors())
      }
    }
    let gradients = try loss(weights).gradients
    for name in ["layer1.weights", "layer2.weights", "layer3.weights", "layer9.weights", "layer11.weights", "layer13.weights"] {
      let slope = gradients[name]!.values
      let length = slope.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let sides = try [0.003, -0.003].map { step in
        try loss(
          Checkpoint(
            weights.tensors.map { tensor in
              guard tensor.name == name else { return tensor }
              let moved = zip(tensor.values, slope).map { $0 + Float(step / length) * $1 }
              return Checkpoint.Tensor(name: name, shape: tensor.shape, values: moved)
            })
        ).loss
      }
      let measured = (sides[0] - sides[1]) / 0.006
      #expect(abs(measured - length) < 0.03 * length, "\(name): \(measured), expected \(length)")
    }
  }
}

extension ImageSet {
  /// The images several times over.
  fileprivate func repeated(_ times: Int) -> ImageSet {
    ImageSet(
      checkedPixels: Array(repeating: pixels, count: times).flatMap { $0 }, labels: Array(repeating: labels, count: times).flatMap { $0 },
      source: source)
  }
}
