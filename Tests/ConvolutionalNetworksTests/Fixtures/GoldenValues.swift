import Foundation
import Testing

@testable import ConvolutionalNetworks

/// The largest difference between two lists in units of the largest expected value, or of `scale` if that is larger; infinity if their
/// lengths differ.
func relativeDifference(_ got: [Float], _ expected: [Double], scale: Double = 0) -> Double {
  guard got.count == expected.count else { return .infinity }
  let scale = max(scale, expected.map(abs).max() ?? 0)
  let difference = zip(got, expected).map { abs(Double($0) - $1) }.max() ?? 0
  // A NaN is no small difference.
  return difference.isFinite ? difference / max(scale, 1e-3) : .infinity
}

extension NetworkDescription {
  /// A small network for 3 x 32 x 32 images with every kind of layer, but for those of `activationLayers`, and of joint: a layer that three others read, a sum of three, a sum of a
  /// layer with itself, and a convolution over the 1 x 1 maps that a dense layer gives.
  static let everyKind = NetworkDescription(
    name: "every kind", input: ActivationShape(channels: 3, height: 32, width: 32),
    layers: [
      .convolution(8, stride: 2, relu: false), .batchNormalization(), .convolution(8, relu: false), .add(1, 2, 3).dropout(0.1),
      .maxPool(2), .averagePool(2).reading(4), .add(5, 6, relu: false), .add(7, 7), .convolution(12, kernel: 1), .globalAveragePool,
      .dense(12).reading(8), .add(10, 11), .convolution(16, kernel: 1, relu: false), .batchNormalization(relu: false),
      .flatten.dropout(0.2),
      .dense(10, relu: false),
    ])
}
