/// How a training step changes the weights, given their gradients.
public enum Optimizer: Sendable, Hashable, Codable {
  /// v <- momentum * v + gradient; w <- w - rate * v.
  case momentum(Float)
  /// Kingma and Ba, ICLR 2015, with epsilon 1e-7 as in Keras.
  case adam(beta1: Float = 0.9, beta2: Float = 0.999)
}

extension CheckpointCache.Training {
  /// Raised with every change of this package that may change a bit of what training makes, from the same network, images and parameters: of an optimizer, a
  /// gradient, the loss, dropout, mirroring, the order of images, first weights or the learning rate. What was trained before is then trained anew. The
  /// activations have a revision of their own, ``KernelKind/revision``.
  static let revision = 1
}
