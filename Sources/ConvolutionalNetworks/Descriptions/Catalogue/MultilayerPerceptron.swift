extension NetworkDescription {
  /// A multilayer perceptron for CIFAR-10: dense layers with ReLU over the 3,072 pixels, then one of 10 without. Its name says the sizes:
  /// `multilayerPerceptron(hidden: [512, 256])` is MLP_512_256. Without hidden layers it is a softmax regression.
  public static func multilayerPerceptron(hidden: [Int]) -> NetworkDescription {
    NetworkDescription(
      name: (["MLP"] + hidden.map(String.init)).joined(separator: "_"), input: ActivationShape(channels: 3, height: 32, width: 32),
      layers: hidden.map { .dense($0) } + [.dense(10, relu: false)])
  }
}
