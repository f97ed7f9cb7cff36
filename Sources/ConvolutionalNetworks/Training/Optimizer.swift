/// How a training step changes the weights, given their gradients.
public enum Optimizer: Sendable, Hashable, Codable {
  /// v <- momentum * v + gradient; w <- w - rate * v.
  case momentum(Float)
  /// Kingma and Ba, ICLR 2015, with epsilon 1e-7 as in Keras.
  case adam(beta1: Float = 0.9, beta2: Float = 0.999)
}

/// The state of an optimizer for one tensor. Elementwise in the tensor's own layout; padding, whose gradient is zero, stays zero.
final class OptimizerState {
  private let optimizer: Optimizer
  private let weights: TensorMemory
  private let gradient: TensorMemory
  private var first: [Float]
  private var second: [Float]

  init(_ optimizer: Optimizer, weights: TensorMemory, gradient: TensorMemory) {
    self.optimizer = optimizer
    self.weights = weights
    self.gradient = gradient
    let count = weights.values.count
    first = Array(repeating: 0, count: count)
    if case .adam = optimizer { second = first } else { second = [] }
  }

  /// Applies one step; `step` counts from 1.
  func update(learningRate: Float, step: Int) {
    let weights = weights.values.baseAddress!
    let gradient = gradient.values.baseAddress!
    let count = first.count
    first.withUnsafeMutableBufferPointer { first in
      switch optimizer {
      case .momentum(let momentum):
        let velocity = first.baseAddress!
        for index in 0..<count {
          let next = momentum * velocity[index] + gradient[index]
          velocity[index] = next
          weights[index] -= learningRate * next
        }
      case .adam(let beta1, let beta2):
        let mean = first.baseAddress!
        let correction1 = 1 / (1 - power(beta1, step))
        let correction2 = 1 / (1 - power(beta2, step))
        second.withUnsafeMutableBufferPointer { second in
          let square = second.baseAddress!
          for index in 0..<count {
            let slope = gradient[index]
            let nextMean = beta1 * mean[index] + (1 - beta1) * slope
            let nextSquare = beta2 * square[index] + (1 - beta2) * slope * slope
            mean[index] = nextMean
            square[index] = nextSquare
            weights[index] -= learningRate * nextMean * correction1 / ((nextSquare * correction2).squareRoot() + 1e-7)
          }
        }
      }
    }
  }

  /// base^exponent by repeated squaring in float64: no library function, so the same bits everywhere.
  private func power(_ base: Float, _ exponent: Int) -> Float {
    var result = 1.0
    var factor = Double(base)
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result *= factor }
      factor *= factor
      left >>= 1
    }
    return Float(result)
  }
}
