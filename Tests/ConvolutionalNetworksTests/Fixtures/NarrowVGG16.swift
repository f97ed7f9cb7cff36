@testable import ConvolutionalNetworks

/// VGG16 with the widths 2, 4, 8, 16, 16 and the weights of Golden/make_weights_golden.py.
enum NarrowVGG16 {
  private static let widths = [2, 2, 4, 4, 8, 8, 8, 16, 16, 16, 16, 16, 16]

  static let network: NetworkDescription = {
    let groups = zip([2, 4, 8, 16, 16], [2, 2, 3, 3, 3]).flatMap { width, count in
      Array(repeating: LayerDescription.convolution(width).frozen(), count: count) + [.maxPool(2)]
    }
    return NetworkDescription(
      name: "narrow", input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: groups + [.flatten, .dense(8), .dense(10, relu: false)])
  }()

  /// As layers of `network`.
  static let checkpoint: Checkpoint = {
    let layers = (try! network.layers()).filter { $0.description?.kindName == "convolution" }
    return Checkpoint(
      layers.enumerated().flatMap { number, layer in
        [
          .init(name: "layer\(layer.index).weights", shape: layer.parameterShapes[0], values: weights(number)),
          .init(name: "layer\(layer.index).bias", shape: layer.parameterShapes[1], values: bias(number)),
        ]
      })
  }()

  /// Under a naming's common names, in its layout.
  static func tensors(_ naming: VGG16Naming) -> [Checkpoint.Tensor] {
    widths.indices.flatMap { number -> [Checkpoint.Tensor] in
      let shape = [widths[number], number == 0 ? 3 : widths[number - 1], 3, 3]
      var values = weights(number)
      if naming == .keras {
        values = (0..<values.count).map { place in
          let (rest, output) = place.quotientAndRemainder(dividingBy: shape[0])
          let (tap, input) = rest.quotientAndRemainder(dividingBy: shape[1])
          return value(number, output, input, tap / 3, tap % 3)
        }
      }
      return [
        .init(name: naming.name(.weights, of: number), shape: naming.fileShape(shape), values: values),
        .init(name: naming.name(.bias, of: number), shape: [shape[0]], values: bias(number)),
      ]
    }
  }

  private static func value(_ number: Int, _ output: Int, _ input: Int, _ row: Int, _ column: Int) -> Float {
    Float((31 * number + 37 * output + 41 * input + 43 * row + 47 * column) % 201 - 100) / 512
  }

  private static func weights(_ number: Int) -> [Float] {
    let inputs = number == 0 ? 3 : widths[number - 1]
    return (0..<(widths[number] * inputs * 9)).map { place in
      value(number, place / (inputs * 9), place / 9 % inputs, place / 3 % 3, place % 3)
    }
  }

  private static func bias(_ number: Int) -> [Float] { (0..<widths[number]).map { Float((31 * number + 53 * $0) % 201 - 100) / 512 } }
}
