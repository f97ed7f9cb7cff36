/// The state of an optimizer for one tensor. Elementwise in the tensor's own layout; padding, whose gradient is zero, stays zero.
///
/// Sixteen values at a time. Each value goes through the same operations in the same order as in a loop over single values, and Swift does
/// not contract a multiplication and an addition into one rounding, so that the bits are those of that loop.
final class OptimizerState {
  let weights: TensorMemory
  private let optimizer: Optimizer
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

  /// What the optimizer remembers, in the layout of the weights: velocity, or mean and mean square of the gradients.
  var moments: [[Float]] {
    get { second.isEmpty ? [first] : [first, second] }
    set {
      precondition(newValue.map(\.count) == moments.map(\.count), "the moments of another tensor or optimizer")
      first = newValue[0]
      if newValue.count > 1 { second = newValue[1] }
    }
  }

  /// Applies one step; `step` counts from 1.
  func update(learningRate: Float, step: Int) {
    let weights = UnsafeMutableRawPointer(weights.values.baseAddress!)
    let gradient = UnsafeRawPointer(gradient.values.baseAddress!)
    let count = first.count
    first.withUnsafeMutableBytes { first in
      switch optimizer {
      case .momentum(let momentum):
        let rule = Momentum(momentum: momentum, learningRate: learningRate)
        rule.update(weights, gradient, velocity: first.baseAddress!, count: count)
      case .adam(let beta1, let beta2):
        let rule = Adam(beta1: beta1, beta2: beta2, learningRate: learningRate, step: step)
        second.withUnsafeMutableBytes { rule.update(weights, gradient, mean: first.baseAddress!, square: $0.baseAddress!, count: count) }
      }
    }
  }
}

/// Sixteen neighbouring values.
private typealias Lanes = SIMD16<Float>

extension UnsafeMutableRawPointer {
  @inline(__always) fileprivate func lanes(_ index: Int) -> Lanes { loadUnaligned(fromByteOffset: index * 4, as: Lanes.self) }
  @inline(__always) fileprivate func value(_ index: Int) -> Float { load(fromByteOffset: index * 4, as: Float.self) }
  @inline(__always) fileprivate func store<Value>(_ value: Value, _ index: Int) {
    storeBytes(of: value, toByteOffset: index * 4, as: Value.self)
  }
}

extension UnsafeRawPointer {
  @inline(__always) fileprivate func lanes(_ index: Int) -> Lanes { loadUnaligned(fromByteOffset: index * 4, as: Lanes.self) }
  @inline(__always) fileprivate func value(_ index: Int) -> Float { load(fromByteOffset: index * 4, as: Float.self) }
}

/// One step of ``Optimizer/momentum(_:)``.
private struct Momentum {
  let momentum: Float
  let learningRate: Float

  func update(_ weights: UnsafeMutableRawPointer, _ gradient: UnsafeRawPointer, velocity: UnsafeMutableRawPointer, count: Int) {
    var index = 0
    while index + Lanes.scalarCount <= count {
      let next = momentum * velocity.lanes(index) + gradient.lanes(index)
      velocity.store(next, index)
      weights.store(weights.lanes(index) - learningRate * next, index)
      index += Lanes.scalarCount
    }
    while index < count {
      let next = momentum * velocity.value(index) + gradient.value(index)
      velocity.store(next, index)
      weights.store(weights.value(index) - learningRate * next, index)
      index += 1
    }
  }
}

/// One step of ``Optimizer/adam(beta1:beta2:)``.
private struct Adam {
  let beta1: Float
  let beta2: Float
  let learningRate: Float
  private let correction1: Float
  private let correction2: Float

  init(beta1: Float, beta2: Float, learningRate: Float, step: Int) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.learningRate = learningRate
    correction1 = 1 / (1 - Self.power(beta1, step))
    correction2 = 1 / (1 - Self.power(beta2, step))
  }

  func update(
    _ weights: UnsafeMutableRawPointer, _ gradient: UnsafeRawPointer, mean: UnsafeMutableRawPointer, square: UnsafeMutableRawPointer,
    count: Int
  ) {
    let keep1 = 1 - beta1
    let keep2 = 1 - beta2
    var index = 0
    while index + Lanes.scalarCount <= count {
      let slope = gradient.lanes(index)
      let nextMean = beta1 * mean.lanes(index) + keep1 * slope
      let nextSquare = beta2 * square.lanes(index) + keep2 * slope * slope
      mean.store(nextMean, index)
      square.store(nextSquare, index)
      let scale = (nextSquare * correction2).squareRoot() + 1e-7
      weights.store(weights.lanes(index) - learningRate * nextMean * correction1 / scale, index)
      index += Lanes.scalarCount
    }
    while index < count {
      let slope = gradient.value(index)
      let nextMean = beta1 * mean.value(index) + keep1 * slope
      let nextSquare = beta2 * square.value(index) + keep2 * slope * slope
      mean.store(nextMean, index)
      square.store(nextSquare, index)
      let scale = (nextSquare * correction2).squareRoot() + 1e-7
      weights.store(weights.value(index) - learningRate * nextMean * correction1 / scale, index)
      index += 1
    }
  }

  /// base^exponent by repeated squaring in float64: no library function, so the same bits everywhere.
  private static func power(_ base: Float, _ exponent: Int) -> Float {
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
