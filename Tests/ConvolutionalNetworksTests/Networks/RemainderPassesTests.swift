import Foundation
import Testing

@testable import ConvolutionalNetworks

/// What is left over after the full batches is computed in small passes, to the same bits.
struct RemainderPassesTests {
  private let images = GeneratedImages(seed: 33).images(count: 200)

  /// VGG16's layers (Simonyan and Zisserman, ICLR 2015, configuration D) with a quarter of its channels.
  static let narrowVGG16 = NetworkDescription(
    name: "narrow VGG16", input: ActivationShape(channels: 3, height: 32, width: 32),
    layers: [(2, 16), (2, 32), (3, 64), (3, 128), (3, 128)].flatMap { count, channels in
      Array(repeating: LayerDescription.convolution(channels), count: count) + [.maxPool(2)]
    } + [.dense(128).dropout(0.5), .dense(128), .dense(10, relu: false)])

  @Test(
    "Activations have the same bits whichever size computed them",
    arguments: [
      NetworkDescription.cifar10CNN(), narrowVGG16, .resNet20(), .multilayerPerceptron(hidden: [64]), .everyKind, .activationLayers,
    ])
  func bits(description: NetworkDescription) throws {
    let weights = try Checkpoint.initial(for: description, seed: 2)
    let all = Set(0...description.layerDescriptions.count)
    for threads in [1, 2] {
      let network = try InferenceNetwork(description, weights: weights, compute: ComputeThread(threads: threads))
      let whole = try network.activations(images, rows: Array(0..<64), layers: all)
      #expect(network.layerTimings.allSatisfy { $0.computedImages == 64 && $0.passes == 8 && $0.imagesPerPass == 8 })
      for (count, computed) in [(1, 8), (8, 8), (9, 16), (40, 40), (41, 64)] {
        network.resetTimings()
        let rows = Array((64 - count)..<64)
        let part = try network.activations(images, rows: rows, layers: all)
        #expect(network.layerTimings.allSatisfy { $0.computedImages == computed && $0.images == count }, "\(count) images")
        for layer in all {
          #expect(
            sameBits(part[layer], Array(whole[layer]!.suffix(count * network.layers[layer].shape.columnCount))),
            "layer \(layer), \(count) images, \(threads) threads")
        }
      }
    }
  }

  @Test("Timings count small passes, so that the cost of a pass is right")
  func timings() throws {
    let network = try InferenceNetwork(.small, weights: .initial(for: .small, seed: 2), compute: .single)
    var ranges: [Range<Int>] = []
    try network.forward(images, rows: Array(0..<200), wanted: [1]) { positions, _, _ in ranges.append(positions) }
    #expect(ranges == [0..<64, 64..<128, 128..<192, 192..<200])
    let timing = network.layerTimings[1]
    #expect(timing.images == 200 && timing.computedImages == 200 && timing.imagesPerPass == 8 && timing.passes == 25)
    ranges = []
    try network.forward(images, rows: Array(0..<84), wanted: [1]) { positions, _, _ in ranges.append(positions) }
    #expect(ranges == [0..<64, 64..<72, 72..<80, 80..<84])
  }

  @Test("A batch of the caller's is shown in one piece")
  func onePiece() throws {
    let network = try InferenceNetwork(.small, weights: .initial(for: .small, seed: 2), compute: .single)
    let whole = try network.activations(images, rows: Array(0..<64), layers: [7])[7]!
    for (count, computed) in [(1, 8), (8, 8), (9, 64)] {
      var input = [Float](repeating: 0, count: count * ImageSet.pixelsPerImage)
      input.withUnsafeMutableBufferPointer { images.normalize(rows: 0..<count, into: $0) }
      network.resetTimings()
      var visits = 0
      try input.withUnsafeBufferPointer {
        try network.forward($0, count: count, through: 7, wanted: [7]) { _, values in
          visits += 1
          #expect(sameBits(Array(values), Array(whole.prefix(count * 10))))
        }
      }
      #expect(visits == 1 && network.layerTimings[7].computedImages == computed)
    }
  }

  @Test("New weights reach the small passes too")
  func newWeights() throws {
    let network = try InferenceNetwork(.everyKind, weights: .initial(for: .everyKind, seed: 2), compute: .single)
    let before = try network.activations(images, rows: [5], layers: [16])[16]
    let second = try Checkpoint.initial(for: .everyKind, seed: 3)
    try network.load(second)
    let after = try network.activations(images, rows: [5], layers: [16])[16]
    let other = try InferenceNetwork(.everyKind, weights: second, batchSize: 8, compute: .single)
    #expect(!sameBits(before, after))
    #expect(try sameBits(after, other.activations(images, rows: [5], layers: [16])[16]))
  }

  @Test("Sizes are multiples of eight that divide the batch and can pay off")
  func sizes() {
    #expect(RemainderPasses.sizes(batchSize: 64) == [8, 16, 32])
    #expect(RemainderPasses.sizes(batchSize: 24) == [8])
    #expect(RemainderPasses.sizes(batchSize: 16) == [8])
    for batchSize in [8, 9, 100] { #expect(RemainderPasses.sizes(batchSize: batchSize) == []) }
  }

  @Test("Both sizes read the same weights, and a difference of bits is found")
  func sharedWeights() throws {
    let description = NetworkDescription.everyKind
    let layers = try description.layers()
    let weights = try Checkpoint.initial(for: description, seed: 4)
    try ComputeThread.single.perform {
      let full = try BoundNetwork(layers, batchSize: 64, purpose: .inference)
      try full.load(weights)
      let small = try BoundNetwork(layers, batchSize: 8, purpose: .inference, sharing: full)
      try small.loadFromLender()
      #expect(try small.checkpoint() == weights)
      #expect(try RemainderPasses.haveSameBits(small, full))
      #expect(zip(small.layers, full.layers).allSatisfy { $0.parts.bias === $1.parts.bias })
      let other = try BoundNetwork(layers, batchSize: 8, purpose: .inference)
      #expect(try !RemainderPasses.haveSameBits(other, full))
      // Training's kernels want other layouts of the weights, which are then copied.
      let trained = try BoundNetwork(layers, batchSize: 8, purpose: .training)
      try trained.load(weights)
      let copy = try BoundNetwork(layers, batchSize: 8, purpose: .inference, sharing: trained)
      try copy.loadFromLender()
      #expect(try copy.checkpoint() == weights && RemainderPasses.haveSameBits(copy, full))
    }
  }

  @Test("Only layers that are computed are compared, each once, whichever run needs it first")
  func comparesWhatIsComputed() throws {
    // Keys have the name: no other test has compared this network's layers.
    let description = NetworkDescription(
      name: "compared", input: NetworkDescription.everyKind.input, layers: NetworkDescription.everyKind.layerDescriptions)
    let network = try InferenceNetwork(description, weights: .initial(for: description, seed: 2), compute: .single)
    let key = RemainderPasses.Key(network: description, batchSize: 64, threads: 1)
    let compared = { RemainderPasses(key, layers: network.layers).comparedLayers }
    let whole = try network.activations(images, rows: Array(0..<64), layers: [8, 16])
    #expect(compared() == [], "a full batch needs no comparison")
    func fromEight(_ rows: [Int]) throws -> [Float] {
      let given = AvailableLayers([8]) { _, positions, body in
        let columns = network.layers[8].shape.columnCount
        let values = rows[positions].flatMap { whole[8]![($0 * columns)..<(($0 + 1) * columns)] }
        try values.withUnsafeBufferPointer { try body($0) }
      }
      var got: [Float] = []
      try network.forwardInKernelOrder(images, rows: rows, wanted: [16], available: given) { _, _, values, _ in got += values }
      return got
    }
    #expect(try sameBits(fromEight([5, 6]), Array(whole[16]![50..<70])))
    #expect(compared() == Set(9...16))
    #expect(try sameBits(network.activations(images, rows: [5, 6], layers: [16])[16], Array(whole[16]![50..<70])))
    #expect(compared() == Set(1...16))
    #expect(try sameBits(fromEight(Array(0..<64)), whole[16]))
  }

  @Test("Layers whose weights hide a difference are compared again for other weights")
  func hiddenDifferences() throws {
    let description = NetworkDescription(
      name: "hidden", input: NetworkDescription.small.input, layers: NetworkDescription.small.layerDescriptions)
    let key = RemainderPasses.Key(network: description, batchSize: 64, threads: 1)
    let weights = try Checkpoint.initial(for: description, seed: 2)
    let nothing = Checkpoint(weights.tensors.map { Checkpoint.Tensor(name: $0.name, shape: $0.shape, values: $0.values.map { _ in 0 }) })
    let network = try InferenceNetwork(description, weights: nothing, compute: .single)
    let last = network.layers.count - 1
    let compared = { RemainderPasses(key, layers: network.layers).comparedLayers }
    _ = try network.activations(images, rows: [5, 6], layers: [last])
    #expect(!compared().contains(last), "zero weights say nothing of others")
    try network.load(weights)
    _ = try network.activations(images, rows: [5, 6], layers: [last])
    #expect(compared() == Set(1...last))
  }

  @Test(
    "Every layer alone has the same bits in both sizes, and another weight is noticed in its layer only",
    arguments: [NetworkDescription.cifar10CNN(), .resNet20(), .everyKind, .activationLayers, .small, NarrowVGG16.network])
  func layerByLayer(description: NetworkDescription) throws {
    let layers = try description.layers()
    let weights = try Checkpoint.initial(for: description, seed: 4)
    try ComputeThread.single.perform {
      let full = try BoundNetwork(layers, batchSize: 64, purpose: .inference)
      try full.load(weights)
      let small = try BoundNetwork(layers, batchSize: 8, purpose: .inference)
      try small.load(weights)
      for layer in layers.dropFirst() {
        #expect(try RemainderPasses.haveSameBits(small, full, layers: [layer.index]), "layer \(layer.index)")
      }
      let changed = layers.last { $0.description?.kindName == "convolution" } ?? layers[1]
      let name = "layer\(changed.index).weights"
      try small.load(
        Checkpoint(weights.tensors.map { $0.name == name ? .init(name: name, shape: $0.shape, values: $0.values.map { $0 + 0.1 }) : $0 }))
      for layer in layers.dropFirst() {
        #expect(
          try RemainderPasses.haveSameBits(small, full, layers: [layer.index]) == (layer.index != changed.index), "layer \(layer.index)")
      }
    }
  }
}
