@testable import ConvolutionalNetworks

extension NetworkDescription {
  /// A network for 3 x 32 x 32 images of the kinds that cannot be trained here: groups, dilation, one-sided padding, overlapping pools, layer
  /// normalizations, the functions, concatenations and a shortcut without weights.
  static let everyShape: NetworkDescription = {
    var depthwise = LayerDescription.Convolution(channels: 12)
    (depthwise.groups, depthwise.dilation, depthwise.hasBias, depthwise.relu) = (12, Extent(2), false, false)
    var grouped = LayerDescription.Convolution(channels: 18)
    (grouped.groups, grouped.kernel, grouped.stride, grouped.relu) = (6, Extent(2, 3), Extent(2, 1), false)
    grouped.padding = .sides(Sides(top: 1, bottom: 0, left: 0, right: 2))
    var pool = LayerDescription.Pooling(Extent(3))
    (pool.stride, pool.padding) = (Extent(2), Sides(1))
    let layers: [LayerDescription] = [
      .convolution(12, stride: 2), LayerDescription(.convolution(depthwise)), LayerDescription(.layerNormalization(over: .channels)),
      LayerDescription(.activation(.gelu(isTanh: false))), LayerDescription(.concatenate, inputs: [1, 4]),
      LayerDescription(.activation(.silu)), LayerDescription(.maxPool(pool)), LayerDescription(.averagePool(pool), inputs: [6]),
      LayerDescription(.concatenate, inputs: [7, 8, 7]), LayerDescription(.convolution(grouped)),
      LayerDescription(.batchNormalization(relu: false, epsilon: 1e-3)), LayerDescription(.activation(.leakyReLU(slope: 0.1))),
      LayerDescription(.shortcut(stride: 2, before: 3, behind: 1)), LayerDescription(.layerNormalization()),
      LayerDescription(.activation(.tanh)), LayerDescription(.globalMaxPool), .globalAveragePool.reading(15),
      LayerDescription(.concatenate, inputs: [16, 17]), LayerDescription(.dense(units: 20, relu: false, hasBias: false)),
      LayerDescription(.layerNormalization()), LayerDescription(.activation(.sigmoid)), .dense(10, relu: false), .softmax,
    ]
    return NetworkDescription(name: "every shape", input: ActivationShape(channels: 3, height: 32, width: 32), layers: layers)
  }()

  /// A network for 3 x 32 x 32 images that can be trained: one-sided padding, kernels that are not square, no bias, pools that overlap and are padded.
  static let everyWindow: NetworkDescription = {
    var oblong = LayerDescription.Convolution(channels: 8)
    (oblong.kernel, oblong.stride, oblong.hasBias, oblong.relu) = (Extent(2, 5), Extent(1, 2), false, false)
    oblong.padding = .sides(Sides(top: 1, bottom: 0, left: 0, right: 3))
    var pool = LayerDescription.Pooling(Extent(3))
    (pool.stride, pool.padding) = (Extent(2), Sides(1))
    var mean = LayerDescription.Pooling(Extent(2, 3))
    (mean.stride, mean.padding, mean.countsPadding) = (Extent(1), Sides(top: 0, bottom: 1, left: 2, right: 0), false)
    let layers: [LayerDescription] = [
      LayerDescription(.convolution(oblong)), LayerDescription(.batchNormalization(relu: true, epsilon: 1e-3)),
      LayerDescription(.maxPool(pool)), LayerDescription(.averagePool(pool)), LayerDescription(.averagePool(mean)), .convolution(12),
      LayerDescription(.globalMaxPool), LayerDescription(.dense(units: 10, relu: false, hasBias: false)),
    ]
    return NetworkDescription(name: "every window", input: ActivationShape(channels: 3, height: 32, width: 32), layers: layers)
  }()

  /// A network of rows of 37 values.
  static let perceptron = NetworkDescription(
    name: "perceptron", input: ActivationShape(channels: 37),
    layers: [
      LayerDescription(.dense(units: 24, relu: false, hasBias: false)), LayerDescription(.layerNormalization()),
      LayerDescription(.activation(.gelu(isTanh: true))), .batchNormalization(), .dense(5, relu: false),
    ])
}
