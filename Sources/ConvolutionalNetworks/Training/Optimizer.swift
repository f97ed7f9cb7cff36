/// How a training step changes the weights, given their gradients.
public enum Optimizer: Sendable, Hashable, Codable {
  /// v <- momentum * v + gradient; w <- w - rate * v.
  case momentum(Float)
  /// Kingma and Ba, ICLR 2015, with epsilon 1e-7 as in Keras.
  case adam(beta1: Float = 0.9, beta2: Float = 0.999)
}
