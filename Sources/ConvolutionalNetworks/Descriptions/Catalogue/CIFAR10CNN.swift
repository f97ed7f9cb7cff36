extension NetworkDescription {
  /// CIFAR10_CNN of the paper (section 5): the Keras example network for CIFAR-10, some 5.3 x 10^7 floating-point operations per image.
  ///
  ///     0 input (3, 32, 32)      3 max pool 2 (32, 16, 16), dropout 25 %     7 dense 512, ReLU, dropout 50 %
  ///     1 conv 32, ReLU          4 conv 64, ReLU (64, 16, 16)                8 dense 10: the logits
  ///     2 conv 32, ReLU          5 conv 64, ReLU
  ///                              6 max pool 2 (64, 8, 8), dropout 25 %
  ///
  /// The Keras example leaves the second convolution of each pair unpadded (maps of 30, 15, 13 and 6); pass `.valid` for exactly that.
  /// The paper does not give the shapes. Padded maps are the default because windows of 2 x 2 (POOL_QT) then cover every map exactly.
  public static func cifar10CNN(secondPadding: LayerDescription.Padding = .same) -> NetworkDescription {
    NetworkDescription(
      name: "CIFAR10_CNN", input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: [
        .convolution(32), .convolution(32, padding: secondPadding), .maxPool(2).dropout(0.25),
        .convolution(64), .convolution(64, padding: secondPadding), .maxPool(2).dropout(0.25),
        .dense(512).dropout(0.5), .dense(10, relu: false),
      ])
  }
}
