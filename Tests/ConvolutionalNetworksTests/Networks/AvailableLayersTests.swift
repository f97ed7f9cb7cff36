import Foundation
import Groundwork
import Testing

@testable import ConvolutionalNetworks

/// A run that is given some layers computes the others to the bits of a run from the images.
struct AvailableLayersTests {
  private static let rows = 65
  private let images = GeneratedImages(seed: 71).images(count: Self.rows)
  /// What must not matter where nothing reads the images.
  private let otherImages = GeneratedImages(seed: 72).images(count: Self.rows)

  @Test(
    "Whichever layers are available, the wanted ones have the bits of a run from the images, and only the rest is run",
    arguments: [
      NetworkDescription.cifar10CNN(), RemainderPassesTests.narrowVGG16, NarrowVGG16.network, .resNet20(), .everyKind, .activationLayers,
      .small,
      .multilayerPerceptron(hidden: [64, 32]),
    ])
  func bits(description: NetworkDescription) throws {
    let network = try InferenceNetwork(description, weights: .initial(for: description, seed: 2), compute: .single)
    let logged = try LoggedLayers(network, images, rows: Self.rows)
    var random = SplitMix64(seed: 73)
    for (number, count) in [1, 7, 8, 9, 40, 63, 64, 65, 1, 3, 12].enumerated() {
      let rows = Array(random.permutation(of: Self.rows).prefix(count))
      let last = 1 + Int(random.next() % UInt64(network.layers.count - 1))
      // A layer and perhaps one before it, from few ancestors or from many.
      let wanted = Set([last, random.next() % 3 == 0 ? Int(random.next() % UInt64(last)) : last])
      let available = Set(network.layers.indices.filter { _ in random.next() % [2, 4, 8][number % 3] == 0 }).union([last - 1])
      try check(network, logged, rows, wanted: wanted, available: available)
    }
  }

  @Test(
    "Each layer is run from the layers that it reads", arguments: [NetworkDescription.everyKind, .activationLayers, .cifar10CNN(), .small])
  func oneLayer(description: NetworkDescription) throws {
    let network = try InferenceNetwork(description, weights: .initial(for: description, seed: 2), compute: .single)
    let logged = try LoggedLayers(network, images, rows: Self.rows)
    for layer in network.layers.dropFirst() {
      network.resetTimings()
      try check(network, logged, [64, 0, 17], wanted: [layer.index], available: Set(layer.inputs))
      #expect(network.layerTimings.indices.filter { network.layerTimings[$0].passes > 0 } == [layer.index])
    }
  }

  @Test("Weights that are NaN, infinite, subnormal or -0 make no difference")
  func extremeWeights() throws {
    let extremes: [Float] = [.nan, .infinity, -.infinity, .leastNonzeroMagnitude, -0.0, 1e38, -0x1p-140]
    for description in [NetworkDescription.everyKind, .activationLayers, .small] {
      let weights = try Checkpoint.initial(for: description, seed: 2)
      var random = SplitMix64(seed: 74)
      for number in 0..<8 {
        let changed = weights.tensors.map { tensor in
          guard random.next() % 4 == 0, !tensor.name.hasSuffix("variance") else { return tensor }
          var values = tensor.values
          values[Int(random.next() % UInt64(values.count))] = extremes[number % extremes.count]
          return Checkpoint.Tensor(name: tensor.name, shape: tensor.shape, values: values)
        }
        let network = try InferenceNetwork(description, weights: Checkpoint(changed), compute: .single)
        let logged = try LoggedLayers(network, images, rows: Self.rows)
        for layer in network.layers.dropFirst() {
          try check(
            network, logged, [3, 12, 64, 1, 0, 31, 32, 33, 34], wanted: [layer.index], available: [layer.index / 2, layer.index - 1])
        }
      }
    }
  }

  /// Any bits may be in a layer: what is given must be what the layers after it see.
  @Test(
    "A layer is taken bit for bit, and the missing images of the pass are zeros",
    arguments: [NetworkDescription.everyKind, .activationLayers, .cifar10CNN()])
  func anyBits(description: NetworkDescription) throws {
    let layers = try description.layers()
    let special: [UInt32] = [0x8000_0000, 1, 0x807F_FFFF, 0x7FA0_0001, 0xFFC0_1234, 0x7F80_0000, 0xFF80_0000, 0x7F7F_FFFF]
    try ComputeThread.single.perform {
      let bound = try BoundNetwork(layers, batchSize: 16, purpose: .inference)
      try bound.load(.initial(for: description, seed: 2))
      var random = SplitMix64(seed: 75)
      for layer in layers {
        for images in [16, 5, 1, 8] {
          let columns = layer.shape.columnCount
          let values = (0..<(images * columns)).map { place in
            Float(bitPattern: place % 3 == 0 ? special[place / 3 % special.count] : UInt32(truncatingIfNeeded: random.next()))
          }
          try values.withUnsafeBufferPointer { try bound.take($0, images: images, asLayer: layer.index) }
          let plain = Array(try bound.plainActivations(layer: layer.index))
          #expect(sameBits(Array(plain.prefix(values.count)), values), "layer \(layer.index), \(images) images")
          #expect(plain.dropFirst(values.count).allSatisfy { $0.bitPattern == 0 }, "layer \(layer.index), \(images) images")
        }
      }
    }
  }

  @Test("A layer with another number of values, or with none, is an error that says what was expected")
  func wrongValues() throws {
    let network = try InferenceNetwork(.small, weights: .initial(for: .small, seed: 2), compute: .single)
    func run(_ read: @escaping AvailableLayers.Reader) throws {
      try network.forwardInKernelOrder(images, rows: [5, 6], wanted: [7], available: AvailableLayers([3], read: read)) { _, _, _, _ in
        Issue.record("a wrong layer was used")
      }
    }
    let columns = network.layers[3].shape.columnCount
    for count in [0, columns, 2 * columns - 1, 2 * columns + 1, 64 * columns] {
      let error = #expect(throws: NetworkError.self) {
        try run { _, _, body in try [Float](repeating: 0, count: count).withUnsafeBufferPointer { try body($0) } }
      }
      #expect(
        error
          == .wrongActivations(network: "small", layer: 3, images: 2, expectedValues: 2 * columns, gotValues: count))
      #expect(error?.description.contains("layer 3 of network small was given for 2 images with \(count) float32 values") == true)
    }
    #expect(throws: NetworkError.wrongActivations(network: "small", layer: 3, images: 2, expectedValues: 2 * columns, gotValues: 0)) {
      try run { _, _, _ in }
    }
    struct Damaged: Error {}
    #expect(throws: Damaged.self) { try run { _, _, _ in throw Damaged() } }
  }

  @Test("What only available layers read is not needed, and a second ancestor is found")
  func needed() throws {
    let layers = try NetworkDescription.everyKind.layers()
    #expect(layers.needed(for: [7], stoppingAt: [4]) == [4, 5, 6, 7])
    #expect(layers.needed(for: [7], stoppingAt: [5]) == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(layers.needed(for: [7], stoppingAt: [5, 6]) == [5, 6, 7])
    #expect(layers.needed(for: [12], stoppingAt: [10, 8]) == [8, 10, 11, 12])
    #expect(layers.needed(for: [7], stoppingAt: [7, 3]) == [7])
    #expect(layers.needed(for: [], stoppingAt: [7]) == [])
  }

  private func check(_ network: InferenceNetwork, _ logged: LoggedLayers, _ rows: [Int], wanted: Set<Int>, available: Set<Int>) throws {
    let taken = available.subtracting(wanted)
    let needed = network.layers.needed(for: wanted, stoppingAt: taken)
    let readsImages = needed.contains(0) && !taken.contains(0)
    network.resetTimings()
    var got: [Int: [Float]] = [:]
    try network.forwardInKernelOrder(
      readsImages ? images : otherImages, rows: rows, wanted: wanted, available: logged.available(available, rows: rows)
    ) { positions, layer, values, order in
      got[layer, default: []] += order == .channelMajor ? Array(values) : network.layers[layer].shape.channelMajor(values)
    }
    let place = "\(network.description.name): \(rows.count) rows, wanted \(wanted.sorted()), available \(available.sorted())"
    #expect(Set(got.keys) == wanted, "\(place)")
    for layer in wanted { #expect(sameMemory(got[layer] ?? [], logged.values(layer, rows)), "layer \(layer) of \(place)") }
    let ran = network.layerTimings.indices.filter { network.layerTimings[$0].passes > 0 }
    #expect(ran == needed.filter { !taken.contains($0) }, "\(place)")
  }
}

/// Every layer of some images, as a run from the images gives them.
private struct LoggedLayers {
  let layers: [Int: [Float]]
  let columns: [Int]

  init(_ network: InferenceNetwork, _ images: ImageSet, rows: Int) throws {
    layers = try network.activations(images, rows: Array(0..<rows), layers: Set(network.layers.indices))
    columns = network.layers.map(\.shape.columnCount)
  }

  func values(_ layer: Int, _ rows: some Sequence<Int>) -> [Float] {
    let columns = columns[layer]
    return rows.reduce(into: []) { $0 += layers[layer]![($1 * columns)..<(($1 + 1) * columns)] }
  }

  func available(_ layers: Set<Int>, rows: [Int]) -> AvailableLayers {
    AvailableLayers(layers) { layer, positions, body in
      try values(layer, rows[positions]).withUnsafeBufferPointer { try body($0) }
    }
  }
}

/// As `sameBits`, for millions of values.
private func sameMemory(_ one: [Float], _ other: [Float]) -> Bool {
  one.count == other.count
    && one.withUnsafeBytes { one in other.withUnsafeBytes { memcmp(one.baseAddress!, $0.baseAddress!, $0.count) == 0 } }
}

extension ActivationShape {
  /// Images whose values lie as (h, w, c), in the order of columns.
  fileprivate func channelMajor(_ values: UnsafeBufferPointer<Float>) -> [Float] {
    let area = height * width
    return [Float](unsafeUninitializedCapacity: values.count) { target, count in
      for start in stride(from: 0, to: values.count, by: columnCount) {
        for place in 0..<area {
          for channel in 0..<channels { target[start + channel * area + place] = values[start + place * channels + channel] }
        }
      }
      count = values.count
    }
  }
}
