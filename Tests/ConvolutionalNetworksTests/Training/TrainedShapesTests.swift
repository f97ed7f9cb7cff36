import Testing

@testable import ConvolutionalNetworks

/// Trainings of networks whose input is normalised in its own way, and of those with layers that have no gradient.
struct TrainedShapesTests {
  private let images = GeneratedImages(seed: 29).images(count: 320)

  private func final(_ network: NetworkDescription) throws -> Checkpoint {
    try Trainer(network, .quick(), compute: .single).train(on: images).final
  }

  @Test("A training sees the images as inference will, below frozen layers too", arguments: [false, true])
  func normalization(isFrozen: Bool) throws {
    var network = NetworkDescription.small
    if isFrozen {
      for layer in 0..<4 {
        network.layerDescriptions[layer].isFrozen = true
        network.layerDescriptions[layer].dropoutRate = 0
      }
    }
    let standard = try final(network)
    network.normalization = InputNormalization(mean: Normalization.means, deviation: Normalization.deviations)
    #expect(try final(network) == standard)
    network.normalization = InputNormalization(mean: [0, 0, 0], deviation: [0.5, 1, 1])
    #expect(try final(network) != standard)
  }

  @Test("Layers without a gradient may lie frozen below what is trained, and nowhere else")
  func frozenShapes() throws {
    var network = NetworkDescription.everyShape
    #expect(throws: NetworkError.noGradient(layer: "sigmoid21")) { try final(network) }
    for layer in network.layerDescriptions.indices where layer < 21 { network.layerDescriptions[layer].isFrozen = true }
    let initial = try Checkpoint.initial(for: network, seed: 1)
    let trained = try final(network)
    #expect(trained.tensors.map(\.name) == initial.tensors.map(\.name))
    for tensor in trained.tensors { #expect((tensor == initial[tensor.name]) == !tensor.name.hasPrefix("layer22."), "\(tensor.name)") }
  }
}
