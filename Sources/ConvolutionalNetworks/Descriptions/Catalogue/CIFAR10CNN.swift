extension NetworkDescription {
  /// CIFAR10_CNN of the paper (section 5): the Keras example network for CIFAR-10, layer by layer, some 4.2 x 10^7 floating-point operations
  /// and 196,436 activations per image.
  ///
  ///     0 input (3, 32, 32)         6 dropout 25 %                 12 dropout 25 %
  ///     1 conv 32 (32, 32, 32)      7 conv 64 (64, 15, 15)         13 flatten 2,304
  ///     2 ReLU                      8 ReLU                         14 dense 512
  ///     3 conv 32 (32, 30, 30)      9 conv 64 (64, 13, 13)         15 ReLU
  ///     4 ReLU                     10 ReLU                         16 dropout 50 %
  ///     5 max pool 2 (32, 15, 15)  11 max pool 2 (64, 6, 6)        17 dense 10: the logits
  ///                                                                18 softmax
  ///
  /// Every convolution is 3 x 3. The first of each pair is padded, the second is not. ReLU, dropout and flatten are layers of their own, as in
  /// `cifar10_cnn.py` of Keras 2: the values before ReLU are intermediates too.
  public static func cifar10CNN() -> NetworkDescription {
    func convolutions(_ channels: Int) -> [LayerDescription] {
      [
        .convolution(channels, relu: false), .relu, .convolution(channels, relu: false, padding: .valid), .relu, .maxPool(2),
        .dropout(0.25),
      ]
    }
    return NetworkDescription(
      name: "CIFAR10_CNN", input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: convolutions(32) + convolutions(64)
        + [.flatten, .dense(512, relu: false), .relu, .dropout(0.5), .dense(10, relu: false), .softmax])
  }
}
