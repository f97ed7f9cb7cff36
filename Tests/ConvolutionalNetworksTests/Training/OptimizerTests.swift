import Groundwork
import Testing

@testable import ConvolutionalNetworks

struct OptimizerTests {
  /// Sizes below, at and between multiples of sixteen.
  @Test("Sixteen values at a time have the bits of one at a time", arguments: [1, 15, 16, 17, 48, 100])
  func lanes(count: Int) throws {
    var generator = SplitMix64(seed: 5, path: UInt64(count))
    let engine = try Engine()
    for optimizer in [Optimizer.adam(), .adam(beta1: 0.8, beta2: 0.99), .momentum(0.9)] {
      let weights = try TensorMemory(.plain([count]), engine)
      let gradient = try TensorMemory(.plain([count]), engine)
      for index in 0..<count { weights.values[index] = generator.normal() }
      var expected = Array(weights.values)
      var first = [Float](repeating: 0, count: count)
      var second = first
      let state = OptimizerState(optimizer, weights: weights, gradient: gradient)
      for step in 1...5 {
        for index in 0..<count { gradient.values[index] = generator.normal() * 0.01 }
        state.update(learningRate: 0.003, step: step)
        for index in 0..<count {
          let slope = gradient.values[index]
          switch optimizer {
          case .momentum(let momentum):
            first[index] = momentum * first[index] + slope
            expected[index] -= 0.003 * first[index]
          case .adam(let beta1, let beta2):
            first[index] = beta1 * first[index] + (1 - beta1) * slope
            second[index] = beta2 * second[index] + (1 - beta2) * slope * slope
            let powers = (0..<step).reduce((1.0, 1.0)) { result, _ in (result.0 * Double(beta1), result.1 * Double(beta2)) }
            let correction1 = 1 / (1 - Float(powers.0))
            let correction2 = 1 / (1 - Float(powers.1))
            expected[index] -= 0.003 * first[index] * correction1 / ((second[index] * correction2).squareRoot() + 1e-7)
          }
        }
        #expect(sameBits(Array(weights.values), expected), "\(optimizer), step \(step)")
      }
    }
  }
}
