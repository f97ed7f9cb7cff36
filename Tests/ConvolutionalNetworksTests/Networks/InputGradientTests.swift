import Foundation
import Groundwork
import Testing

@testable import ConvolutionalNetworks

struct InputGradientTests {
  private let images = GeneratedImages(seed: 23).images(count: 120)
  private static let networks: [NetworkDescription] = [.small, .everyKind, .resNet20(), .activationLayers, .cifar10CNN(), .everyWindow]

  /// Weights as training leaves them: running statistics that are not those of the start.
  private func weights(_ network: NetworkDescription) throws -> Checkpoint {
    var generator = SplitMix64(seed: 91)
    return Checkpoint(
      try Checkpoint.initial(for: network, seed: 6).tensors.map { tensor in
        guard tensor.shape.count == 1 else { return tensor }
        let values = tensor.values.map { $0 + 0.2 * min(max(generator.normal(), -2), 2) }
        return Checkpoint.Tensor(name: tensor.name, shape: tensor.shape, values: values)
      })
  }

  @Test("Along the gradient the loss rises at its length", arguments: networks)
  func slope(network: NetworkDescription) throws {
    let weights = try weights(network)
    let rows = [3, 90, 41, 7]
    let labels = rows.map { images.labels[$0] }
    let slopes = try InputGradient(network, weights: weights, batchSize: 8, compute: .single).gradients(of: images, rows: rows)
    let inference = try InferenceNetwork(network, weights: weights, batchSize: 8, compute: .single)
    let size = ImageSet.pixelsPerImage
    var input = [Float](repeating: 0, count: rows.count * size)
    input.withUnsafeMutableBufferPointer { images.normalize(rows: rows, into: $0) }
    func losses(_ input: [Float]) throws -> [Double] {
      var result: [Double] = []
      try input.withUnsafeBufferPointer { input in
        let last = inference.layers.logits
        try inference.forward(input, count: rows.count, through: last, wanted: [last]) { _, logits in
          var unused = [Float](repeating: 0, count: 10)
          for (image, label) in labels.enumerated() {
            let row = UnsafeBufferPointer(rebasing: logits[(image * 10)..<((image + 1) * 10)])
            result.append(
              unused.withUnsafeMutableBufferPointer { SoftmaxCrossEntropy.evaluate(logits: row, labels: [label], gradient: $0).loss })
          }
        }
      }
      return result
    }
    let lengths = rows.indices.map { image in
      slopes[(image * size)..<((image + 1) * size)].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let step = 0.02
    func moved(_ sign: Double) -> [Float] {
      input.indices.map { input[$0] + Float(sign * step / lengths[$0 / size]) * slopes[$0] }
    }
    let (above, below) = (try losses(moved(1)), try losses(moved(-1)))
    for image in rows.indices {
      let measured = (above[image] - below[image]) / (2 * step)
      #expect(lengths[image] > 1e-3)
      #expect(abs(measured - lengths[image]) < 0.03 * lengths[image], "image \(image): \(measured), expected \(lengths[image])")
    }
  }

  @Test("An image's gradient has the same bits with any neighbours, at any place", arguments: networks)
  func rowBits(network: NetworkDescription) throws {
    let gradient = try InputGradient(network, weights: try weights(network), batchSize: 16, compute: .single)
    let whole = try gradient.gradients(of: images, rows: Array(0..<40))
    for rows in [[0], [39, 3, 3, 17], Array((0..<40).reversed())] {
      let part = try gradient.gradients(of: images, rows: rows)
      let expected = rows.flatMap { whole[($0 * 3_072)..<(($0 + 1) * 3_072)] }
      #expect(sameBits(part, expected), "rows \(rows)")
    }
  }

  @Test("An adversarial step raises the loss and moves no pixel by more than epsilon")
  func adversary() throws {
    var parameters = TrainingParameters.quick()
    parameters.epochs = 8
    parameters.learningRate = 0.003
    parameters.mirrorsImages = false
    let set = GeneratedImages(seed: 8).images(count: 800)
    let weights = try Trainer(.small, parameters, compute: .single).train(on: set).final
    let gradient = try InputGradient(.small, weights: weights, compute: .single)
    let inference = try InferenceNetwork(.small, weights: weights, compute: .single)
    let rows = Array((100..<200).reversed())
    let adversaries = try gradient.adversarialImages(set, rows: rows, epsilon: 8 / 255)
    #expect(adversaries.count == 100 && adversaries.labels == rows.map { set.labels[$0] })
    var largest = 0
    for (position, row) in rows.enumerated() {
      for pixel in 0..<3_072 {
        largest = max(largest, abs(Int(adversaries.pixels[position * 3_072 + pixel]) - Int(set.pixels[row * 3_072 + pixel])))
      }
    }
    #expect(largest == 8)
    let before = try inference.accuracy(on: set[100..<200])
    let after = try inference.accuracy(on: adversaries)
    #expect(after < before - 0.1, "accuracy \(before), on adversarial images \(after)")
    // The opposite of an attack, in case the images were only spoilt: noise of the same size harms less.
    var generator = SplitMix64(seed: 5)
    let noise = set[100..<200].pixels.map { UInt8(clamping: Int($0) + (generator.next() & 1 == 0 ? 8 : -8)) }
    let noisy = try ImageSet(pixels: noise, labels: set[100..<200].labels, source: set.source)
    #expect(try inference.accuracy(on: noisy) > after)
  }

  @Test("The input that is not rounded is the same step in normalised units")
  func unroundedStep() throws {
    let gradient = try InputGradient(.small, weights: try weights(.small), batchSize: 8, compute: .single)
    let rows = [5, 2]
    let input = try gradient.adversarialInput(images, rows: rows, epsilon: 4 / 255)
    let rounded = try gradient.adversarialImages(images, rows: rows, epsilon: 4 / 255)
    var expected = [Float](repeating: 0, count: input.count)
    expected.withUnsafeMutableBufferPointer { rounded.normalize(rows: [0, 1], into: $0) }
    #expect(relativeDifference(input, expected.map(Double.init)) < 1e-5)
    #expect(try gradient.adversarialImages(images, rows: rows, epsilon: 0).pixels == rows.flatMap { images[$0..<$0 + 1].pixels })
    let all = try gradient.adversarialImages(images, rows: rows, epsilon: 1)
    #expect(Set(all.pixels).isSubset(of: Set([0, 255] + rows.flatMap { images[$0..<$0 + 1].pixels })))
  }

  @Test("A network's own normalization is that of its adversarial input")
  func ownNormalization() throws {
    var network = NetworkDescription.small
    let weights = try weights(network)
    let rows = [5, 2]
    let standard = try InputGradient(network, weights: weights, batchSize: 8, compute: .single)
      .adversarialInput(images, rows: rows, epsilon: 4 / 255)
    network.normalization = InputNormalization(mean: Normalization.means, deviation: Normalization.deviations)
    let same = try InputGradient(network, weights: weights, batchSize: 8, compute: .single)
    #expect(sameBits(try same.adversarialInput(images, rows: rows, epsilon: 4 / 255), standard))
    let own = InputNormalization(mean: [0, 0.5, 0.25], deviation: [1, 0.5, 2])
    network.normalization = own
    let gradient = try InputGradient(network, weights: weights, batchSize: 8, compute: .single)
    let input = try gradient.adversarialInput(images, rows: rows, epsilon: 4 / 255)
    let rounded = try gradient.adversarialImages(images, rows: rows, epsilon: 4 / 255)
    let expected = rounded.pixels.enumerated().map { Double(own.value(of: Float($1) / 255, channel: $0 % 3_072 / 1_024)) }
    #expect(relativeDifference(input, expected) < 1e-5)
  }

  @Test("A gradient that is impossible says why")
  func errors() throws {
    let error = #expect(throws: NetworkError.self) {
      try InputGradient(.everyShape, weights: .initial(for: .everyShape, seed: 1), batchSize: 8, compute: .single)
    }
    #expect("\(error!)".hasPrefix("layer sigmoid21 can be run, but no gradient can be taken through it"))
    let gradient = try InputGradient(.small, weights: try weights(.small), batchSize: 8, compute: .single)
    #expect(throws: NetworkError.wrongEpsilon(-0.1)) { try gradient.adversarialImages(images, rows: [0], epsilon: -0.1) }
    #expect(throws: NetworkError.self) { try gradient.adversarialInput(images, rows: [0], epsilon: .nan) }
    #expect(throws: NetworkError.batchTooSmall(4, smallest: 8)) { try InputGradient(.small, weights: try weights(.small), batchSize: 4) }
    #expect(throws: NetworkError.wrongInput(network: "small", expectedValues: 6_144, gotValues: 2)) {
      try [1, 2].withUnsafeBufferPointer { try gradient.gradients(of: $0, labels: [0, 0]) }
    }
    #expect(throws: NetworkError.wrongLabel(network: "small", label: 10, classes: 10)) {
      try [Float](repeating: 0, count: 3_072).withUnsafeBufferPointer { try gradient.gradients(of: $0, labels: [10]) }
    }
  }
}
