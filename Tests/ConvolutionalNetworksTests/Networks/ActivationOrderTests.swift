import Foundation
import Testing

@testable import ConvolutionalNetworks

struct ActivationOrderTests {
  private let images = GeneratedImages(seed: 34).images(count: 75)

  @Test(
    "The kernels' order holds the same values",
    arguments: [NetworkDescription.cifar10CNN(), .resNet20(), .everyKind, .activationLayers, .small])
  func kernelOrder(description: NetworkDescription) throws {
    let network = try InferenceNetwork(description, weights: .initial(for: description, seed: 2), compute: .single)
    let all = Set(network.layers.indices)
    let rows = Array((0..<75).reversed())
    let expected = try network.activations(images, rows: rows, layers: all)
    var got: [Int: [Float]] = [:]
    try network.forwardInKernelOrder(images, rows: rows, wanted: all) { positions, layer, values, order in
      let shape = network.layers[layer].shape
      #expect(values.count == positions.count * shape.columnCount)
      if layer == 0 || shape.height * shape.width == 1 { #expect(order == .channelMajor, "layer \(layer)") }
      for image in 0..<positions.count {
        let start = image * shape.columnCount
        switch order {
        case .channelMajor: got[layer, default: []] += values[start..<(start + shape.columnCount)]
        case .channelsLast:
          got[layer, default: []] += (0..<shape.columnCount).map { column in
            let (channel, row, column) = shape.position(ofColumn: column)
            return values[start + (row * shape.width + column) * shape.channels + channel]
          }
        }
      }
    }
    for layer in all { #expect(sameBits(got[layer], expected[layer]), "layer \(layer)") }
  }

  @Test("Only dense channels-last memory is handed over as it is")
  func channelsLast() throws {
    try ComputeThread.single.perform {
      let engine = try Engine()
      let dimensions = [2, 3, 4, 5]
      for (layout, isChannelsLast) in [(try Layout.channelsLast(dimensions), true), (try .plain(dimensions), false)] {
        let activation = BoundLayer.Activation(memory: try TensorMemory(layout, engine), dimensions: dimensions)
        #expect(activation.isChannelsLast == isChannelsLast)
      }
      let columns = BoundLayer.Activation(memory: try TensorMemory(.plain([2, 60]), engine), dimensions: [2, 60])
      #expect(!columns.isChannelsLast)
    }
    #expect(ActivationShape(channels: 9).hasOneOrder && ActivationShape(channels: 1, height: 3, width: 3).hasOneOrder)
    #expect(!ActivationShape(channels: 2, height: 1, width: 2).hasOneOrder)
  }
}
