import Groundwork

/// Which outputs of a layer a training step drops: a factor per value, 0 or 1 / (1 - rate), applied alike to outputs and gradients.
///
/// The rate is kept to a multiple of 2^-16.
final class DropoutMask {
  var layer: Int
  private let dropped: UInt64
  private let scale: Float
  private var factors: [Float]

  init(rate: Float, layer: Int, count: Int) {
    self.layer = layer
    dropped = UInt64((rate * 65_536).rounded())
    scale = 65_536 / Float(65_536 - dropped)
    factors = [Float](repeating: 1, count: count)
  }

  /// Draws the mask of one training step. The same seed, step and layer give the same mask.
  func draw(seed: UInt64, step: Int) {
    var generator = SplitMix64(seed: seed, path: 0xD80, UInt64(step), UInt64(layer))
    let dropped = dropped
    let scale = scale
    factors.withUnsafeMutableBufferPointer { factors in
      var index = 0
      while index < factors.count {
        // Four decisions of 16 bits from each number: drawing is as fast as writing the mask.
        var bits = generator.next()
        for place in index..<min(index + 4, factors.count) {
          factors[place] = bits & 0xFFFF < dropped ? 0 : scale
          bits >>= 16
        }
        index += 4
      }
    }
  }

  /// The operation that multiplies `memory` by the factors drawn last.
  func operation(on memory: TensorMemory) -> Operation {
    Operation { [self] in
      let values = memory.values
      factors.withUnsafeBufferPointer { factors in
        for index in 0..<factors.count { values[index] *= factors[index] }
      }
    }
  }
}
