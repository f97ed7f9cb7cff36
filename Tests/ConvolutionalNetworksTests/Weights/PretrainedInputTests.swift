import Foundation
import Testing

@testable import ConvolutionalNetworks

/// A first convolution that was trained on another input gives its own activations on ours, but for the image's border.
struct PretrainedInputTests {
  private let images = GeneratedImages(seed: 53).images(count: 8)

  /// What the weights were trained on, from its definition: (image, channel, row, column), in the channel order of the file.
  private func original(_ input: PretrainedInput) -> [Double] {
    var values: [Double] = []
    for image in 0..<images.count {
      for channel in 0..<3 {
        for pixel in 0..<1_024 {
          func byte(_ channel: Int) -> Double { Double(images.pixels[image * 3_072 + channel * 1_024 + pixel]) }
          switch input {
          case .torchvision: values.append((byte(channel) / 255 - [0.485, 0.456, 0.406][channel]) / [0.229, 0.224, 0.225][channel])
          case .caffe: values.append(byte(2 - channel) - [103.939, 116.779, 123.68][channel])
          case .normalized:
            values.append(
              (byte(channel) / 255 - Double(Normalization.means[channel])) / Double(Normalization.deviations[channel]))
          }
        }
      }
    }
    return values
  }

  /// Convolution 3 x 3, padded with zeros, ReLU, in float64.
  private func convolve(_ x: [Double], side: Int, _ weights: Checkpoint.Tensor, _ bias: Checkpoint.Tensor) -> [Double] {
    let (outputs, inputs, plane) = (weights.shape[0], weights.shape[1], side * side)
    var result: [Double] = []
    for image in 0..<(x.count / (inputs * plane)) {
      for output in 0..<outputs {
        for row in 0..<side {
          for column in 0..<side {
            var sum = Double(bias.values[output])
            for input in 0..<inputs {
              for tap in 0..<9 where (0..<side).contains(row + tap / 3 - 1) && (0..<side).contains(column + tap % 3 - 1) {
                let place = (image * inputs + input) * plane + (row + tap / 3 - 1) * side + column + tap % 3 - 1
                sum += x[place] * Double(weights.values[(output * inputs + input) * 9 + tap])
              }
            }
            result.append(max(0, sum))
          }
        }
      }
    }
    return result
  }

  private func pool(_ x: [Double], side: Int) -> [Double] {
    let half = side / 2
    return (0..<(x.count / 4)).map { place in
      let (map, rest) = place.quotientAndRemainder(dividingBy: half * half)
      let corner = map * side * side + rest / half * 2 * side + rest % half * 2
      return max(x[corner], x[corner + 1], x[corner + side], x[corner + side + 1])
    }
  }

  private func rootMeanSquare(_ values: [Double]) -> Double { (values.map { $0 * $0 }.reduce(0, +) / Double(values.count)).squareRoot() }

  private func initial() throws -> Checkpoint {
    let all = try Checkpoint.initial(for: NarrowVGG16.network, seed: 12)
    return Checkpoint(all.tensors.filter { $0.shape.count == 4 || $0.name.hasSuffix("bias") })
  }

  private func isBorder(_ place: Int) -> Bool {
    let (row, column) = (place / 32 % 32, place % 32)
    return row == 0 || row == 31 || column == 0 || column == 31
  }

  /// Per input: the first layer's deviation within and at the border, and the last convolution's, as shares of the root mean square.
  private func deviations(_ input: PretrainedInput, own: InputNormalization? = nil) throws -> (within: Double, border: Double, last: Double)
  {
    var weights = try initial()
    let theirs = weights
    let folded = input.folded(
      weights: weights.tensors[0], bias: weights.tensors[1],
      for: own ?? InputNormalization(mean: Normalization.means, deviation: Normalization.deviations))
    weights = Checkpoint(folded + weights.tensors[2...])
    let body = NetworkDescription(
      name: "body", input: NarrowVGG16.network.input, normalization: own, layers: Array(NarrowVGG16.network.layerDescriptions[..<17]))
    let network = try InferenceNetwork(body, weights: weights, compute: .single)
    let ours = try network.activations(images, rows: Array(0..<images.count), layers: [1, 17]).mapValues { $0.map(Double.init) }

    var x = original(input)
    var side = 32
    var first: [Double] = []
    for layer in try body.layers().dropFirst() {
      let tensors = theirs.tensors(ofLayer: layer.index)
      if tensors.isEmpty {
        x = pool(x, side: side)
        side /= 2
      } else {
        x = convolve(x, side: side, tensors[0], tensors[1])
      }
      if layer.index == 1 { first = x }
    }
    let places = first.indices
    func deviation(_ chosen: [Int]) -> Double {
      rootMeanSquare(chosen.map { ours[1]![$0] - first[$0] }) / rootMeanSquare(chosen.map { first[$0] })
    }
    let last = rootMeanSquare(zip(ours[17]!, x).map { $0 - $1 }) / rootMeanSquare(x)
    return (deviation(places.filter { !isBorder($0) }), deviation(places.filter(isBorder)), last)
  }

  @Test("Within the image the activations are those of the original")
  func withinTheImage() throws {
    for input in PretrainedInput.allCases { #expect(try deviations(input).within < 1e-6, "\(input)") }
    // Of a network with a normalisation of its own too, ImageNet's among them.
    for (mean, deviation) in [([Float(0.485), 0.456, 0.406], [Float(0.229), 0.224, 0.225]), ([0, 0.5, 0.25], [1, 0.5, 2])] {
      let own = InputNormalization(mean: mean, deviation: deviation)
      for input in [PretrainedInput.torchvision, .caffe] { #expect(try deviations(input, own: own).within < 1e-6, "\(input) \(mean)") }
    }
  }

  /// The first layer's outermost pixels differ by the shift that a tap beyond the border does not get, and the layers above inherit it.
  @Test("At the border the shift shows and stays small")
  func border() throws {
    let none = try deviations(.normalized)
    #expect(none.border < 1e-6 && none.last < 1e-5)
    for input in [PretrainedInput.torchvision, .caffe] {
      let found = try deviations(input)
      print("\(input): first layer within \(found.within), border \(found.border); last convolution \(found.last)")
      #expect((0.001...0.2).contains(found.border), "\(input): \(found.border)")
      #expect(found.last < 0.2, "\(input): \(found.last)")
    }
  }
}
