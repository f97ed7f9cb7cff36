extension NetworkDescription {
  /// CIFAR10_VGG16 of the paper (section 5): VGG16's 13 convolutions (Simonyan and Zisserman, ICLR 2015, arXiv:1409.1556) on 32 x 32 images,
  /// pre-trained and frozen, with a new dense 256 and new logits; some 6.3 x 10^8 floating-point operations and 308,490 activations per image.
  ///
  ///     0 input (3, 32, 32)             7-9   conv 256 (256, 8, 8)       18 max pool 2 (512, 1, 1)
  ///     1-2 conv 64 (64, 32, 32)        10    max pool 2 (256, 4, 4)     19 flatten 512
  ///     3   max pool 2 (64, 16, 16)     11-13 conv 512 (512, 4, 4)       20 dense 256, ReLU, dropout 50 %
  ///     4-5 conv 128 (128, 16, 16)      14    max pool 2 (512, 2, 2)     21 dense 10: the logits
  ///     6   max pool 2 (128, 8, 8)      15-17 conv 512 (512, 2, 2)
  ///
  /// Every convolution is 3 x 3, padded, with ReLU. The dropout is ours: the paper does not say.
  ///
  /// - Parameters:
  ///   - frozen: whether training leaves the convolutions as they are; false to pre-train them.
  ///   - widths: channels of the five groups of convolutions; others than VGG16's make a narrow network of the same form, for tests.
  public static func cifar10VGG16(frozen: Bool = true, widths: [Int] = [64, 128, 256, 512, 512]) -> NetworkDescription {
    precondition(widths.count == 5, "VGG16 has five groups of convolutions, got \(widths.count) widths")
    let groups = zip(widths, [2, 2, 3, 3, 3]).flatMap { width, count in
      let convolution = frozen ? LayerDescription.convolution(width).frozen() : .convolution(width)
      return Array(repeating: convolution, count: count) + [.maxPool(2)]
    }
    return NetworkDescription(
      name: "CIFAR10_VGG16", input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: groups + [.flatten, .dense(256).dropout(0.5), .dense(10, relu: false)])
  }
}
