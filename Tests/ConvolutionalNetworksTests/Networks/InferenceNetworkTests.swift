import Foundation
import Groundwork
import Testing

@testable import ConvolutionalNetworks

struct InferenceNetworkTests {
  private let images = GeneratedImages(seed: 21).images(count: 150)

  private static let networks = [NetworkDescription.cifar10CNN(), .activationLayers]

  @Test("The bits of a row do not depend on its neighbours, its place or the order", arguments: networks)
  func rowBits(description: NetworkDescription) throws {
    let network = try InferenceNetwork(description, weights: .initial(for: description, seed: 2), compute: .single)
    let all = Set(network.layers.indices)
    let whole = try network.activations(images, rows: Array(0..<150), layers: all)
    var generator = SplitMix64(seed: 4)
    let subset = Array(generator.permutation(of: 150).prefix(70))
    for rows in [[0], [149], [7, 7, 3], subset] {
      let part = try network.activations(images, rows: rows, layers: all)
      for layer in all {
        let columns = network.layers[layer].shape.columnCount
        let expected = rows.flatMap { Array(whole[layer]![($0 * columns)..<(($0 + 1) * columns)]) }
        #expect(sameBits(part[layer], expected), "layer \(layer), rows \(rows)")
      }
    }
  }

  @Test("The bits do not depend on the number of threads, or on a batch size of at least eight", arguments: networks)
  func threadsAndBatches(description: NetworkDescription) throws {
    let weights = try Checkpoint.initial(for: description, seed: 2)
    let all = Set(0...description.layerDescriptions.count)
    let rows = Array(0..<40)
    let reference = try InferenceNetwork(description, weights: weights, batchSize: 64, compute: ComputeThread(threads: 1))
      .activations(images, rows: rows, layers: all)
    for (batchSize, threads) in [(64, 2), (8, 1), (8, 2), (16, 2), (100, 2), (24, 3)] {
      let network = try InferenceNetwork(description, weights: weights, batchSize: batchSize, compute: ComputeThread(threads: threads))
      let got = try network.activations(images, rows: rows, layers: all)
      for layer in all { #expect(sameBits(got[layer], reference[layer]), "layer \(layer), batch \(batchSize), threads \(threads)") }
    }
  }

  @Test("Only the layers through the last wanted one are computed")
  func neededLayers() throws {
    let network = try InferenceNetwork(.small, weights: .initial(for: .small, seed: 2), batchSize: 8, compute: .single)
    var seen: [Int] = []
    try network.forward(images, rows: Array(0..<20), wanted: [2, 4]) { positions, layer, values in
      seen.append(layer)
      #expect(values.count == positions.count * network.layers[layer].shape.columnCount)
    }
    #expect(seen == [2, 4, 2, 4, 2, 4])
    #expect(network.layerTimings.map(\.passes) == [3, 3, 3, 3, 3, 0, 0, 0])
    #expect(network.layerTimings.map(\.images) == [20, 20, 20, 20, 20, 0, 0, 0])
    #expect(network.layerSeconds[1] > 0 && network.layerSeconds[5] == 0)
    network.resetTimings()
    #expect(network.layerSeconds.allSatisfy { $0 == 0 })
  }

  @Test("A flatten gives the values of the layer below, in the same order")
  func flatten() throws {
    let network = try InferenceNetwork(.small, weights: .initial(for: .small, seed: 2), batchSize: 8, compute: .single)
    let got = try network.activations(images, rows: Array(0..<11), layers: [4, 5])
    #expect(sameBits(got[4], got[5]))
    #expect(got[4]!.count == 11 * 12 * 7 * 7)
  }

  @Test("Dropout is off at inference")
  func dropout() throws {
    var without = NetworkDescription.small
    without.layerDescriptions = without.layerDescriptions.map { $0.dropout(0) }
    let weights = try Checkpoint.initial(for: .small, seed: 2)
    let one = try InferenceNetwork(.small, weights: weights, compute: .single).activations(images, rows: [1, 2, 3], layers: [2, 6, 7])
    let other = try InferenceNetwork(without, weights: weights, compute: .single).activations(images, rows: [1, 2, 3], layers: [2, 6, 7])
    for layer in [2, 6, 7] { #expect(sameBits(one[layer], other[layer])) }
  }

  @Test("New weights replace the old ones")
  func newWeights() throws {
    let first = try Checkpoint.initial(for: .small, seed: 2)
    let second = try Checkpoint.initial(for: .small, seed: 3)
    let network = try InferenceNetwork(.small, weights: first, compute: .single)
    let before = try network.activations(images, rows: [0], layers: [7])
    try network.load(second)
    let after = try network.activations(images, rows: [0], layers: [7])
    #expect(!sameBits(before[7], after[7]))
    #expect(
      sameBits(after[7], try InferenceNetwork(.small, weights: second, compute: .single).activations(images, rows: [0], layers: [7])[7]))
  }

  @Test("A run that is impossible says why")
  func errors() throws {
    let weights = try Checkpoint.initial(for: .small, seed: 2)
    #expect(throws: NetworkError.batchTooSmall(1, smallest: 8)) {
      try InferenceNetwork(.small, weights: weights, batchSize: 1, compute: .single)
    }
    do {
      _ = try InferenceNetwork(.cifar10CNN(), weights: weights, compute: .single)
      Issue.record("no error")
    } catch { #expect("\(error)".contains("layer1.weights") && "\(error)".contains("[32, 3, 3, 3]")) }
    let network = try InferenceNetwork(.small, weights: weights, compute: .single)
    #expect(throws: NetworkError.noSuchLayer(network: "small", layer: 8, last: 7)) {
      try network.forward(images, rows: [0], wanted: [8]) { _, _, _ in }
    }
    #expect(throws: NetworkError.wrongInput(network: "small", expectedValues: 6_144, gotValues: 3)) {
      try [1, 2, 3].withUnsafeBufferPointer { try network.forward($0, count: 2, through: 1, wanted: [1]) { _, _ in } }
    }
  }

  @Test("An error of the visitor ends the run, and the network stays usable")
  func visitorError() throws {
    struct Enough: Error {}
    let network = try InferenceNetwork(.small, weights: .initial(for: .small, seed: 2), batchSize: 8, compute: .single)
    var visits = 0
    #expect(throws: Enough.self) {
      try network.forward(images, rows: Array(0..<30), wanted: [1]) { _, _, _ in
        visits += 1
        throw Enough()
      }
    }
    #expect(visits == 1)
    #expect(try network.predictedLabels(for: images, rows: [3]).count == 1)
  }

  @Test("Callers from many threads are served in turn")
  func manyCallers() throws {
    let network = try InferenceNetwork(.small, weights: .initial(for: .small, seed: 2), compute: .single)
    let expected = try network.predictedLabels(for: images, rows: Array(0..<64))
    let images = images
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      let got = try? network.predictedLabels(for: images, rows: Array(0..<64))
      #expect(got == expected)
    }
  }
}
