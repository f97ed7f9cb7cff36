extension NetworkDescription {
  /// ResNet-20 for CIFAR-10 (He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016, section 4.2): a 3 x 3
  /// convolution, then three stages of three blocks with 16, 32 and 64 channels, and the mean of each map into a dense layer of 10.
  ///
  ///     block: conv 3 x 3 -> batch normalization, ReLU -> conv 3 x 3 -> batch normalization -> + what the block reads, ReLU
  ///
  /// The second and third stage begin with stride 2; there the shortcut is a 1 x 1 convolution of stride 2 with batch normalization, which
  /// the paper calls option B (its CIFAR networks use option A, without weights). Its convolutions have a bias, as all here have, which
  /// the normalization behind them makes idle. Every layer is an intermediate: 7 per block, or 5 without a shortcut of its own.
  public static func resNet20() -> NetworkDescription {
    var layers: [LayerDescription] = [.convolution(16, relu: false), .batchNormalization()]
    for (stage, channels) in [16, 32, 64].enumerated() {
      for block in 0..<3 { appendBlock(channels, stride: stage > 0 && block == 0 ? 2 : 1, to: &layers) }
    }
    layers += [.globalAveragePool, .dense(10, relu: false)]
    return NetworkDescription(name: "ResNet-20", input: ActivationShape(channels: 3, height: 32, width: 32), layers: layers)
  }

  private static func appendBlock(_ channels: Int, stride: Int, to layers: inout [LayerDescription]) {
    let input = layers.count
    layers += [
      .convolution(channels, stride: stride, relu: false), .batchNormalization(), .convolution(channels, relu: false),
      .batchNormalization(relu: false),
    ]
    let residual = layers.count
    var shortcut = input
    if stride > 1 {
      layers += [.convolution(channels, kernel: 1, stride: stride, relu: false).reading(input), .batchNormalization(relu: false)]
      shortcut = layers.count
    }
    layers.append(.add(residual, shortcut))
  }
}
