import Foundation
import Testing

@testable import ConvolutionalNetworks

/// A small network with the values that another program computed for it in float64: a file of `Golden`, made by the script beside it.
struct GoldenNetwork {
  /// What the file holds, for one batch of images. A script gives as many steps of training as it makes, and the gradient of the input if it computes it.
  struct Values: Decodable {
    let labels: [UInt8]
    let loss: Double
    let weights: [String: [Double]]
    let activations: [[Double]]
    let gradients: [String: [Double]]
    let weightsAfterOneStep: [String: [Double]]?
    let weightsAfterTwoSteps: [String: [Double]]?
    let inputGradient: [Double]?
  }

  let network: NetworkDescription
  let values: Values
  let weights: Checkpoint

  init(_ name: String, of network: NetworkDescription) throws {
    let file = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Golden"))
    let values = try JSONDecoder().decode(Values.self, from: try Data(contentsOf: file))
    self.network = network
    self.values = values
    weights = Checkpoint(
      try Checkpoint.initial(for: network, seed: 1).tensors.map {
        Checkpoint.Tensor(name: $0.name, shape: $0.shape, values: try #require(values.weights[$0.name]).map { Float($0) })
      })
  }

  var images: [Float] { values.activations[0].map { Float($0) } }

  /// A graph of the network, whose dropout drops nothing, that holds the golden weights and images.
  func graph() throws -> TrainingGraph {
    var parameters = TrainingParameters(epochs: 1, seed: 1)
    parameters.batchSize = 8
    parameters.optimizer = .momentum(0.9)
    var network = network
    network.layerDescriptions = network.layerDescriptions.map { $0.dropout(0) }
    let graph = try TrainingGraph(try network.layers(), weights: weights, parameters: parameters)
    _ = graph.input.update(fromContentsOf: images)
    return graph
  }
}
