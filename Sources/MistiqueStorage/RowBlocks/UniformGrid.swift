/// How BOUND_QT codes values with one bound: codes 0, 1, ... 255 stand for the multiples `lowest`, `lowest + 1`, ... of a step.
///
/// Why the bound holds. k is the product of the value and 1 / step, rounded to an integer, and the code stands for k x step; all of it in the values' own
/// arithmetic. |k| is below 2^8. For float32 the product errs by 2^-23 of itself and little more, less than 2^-14.9 steps, and k x step by 2^-24 of itself, less than
/// 2^-16 steps. The step is 2 e (1 - 2^-12): half of it and both errors come to less than e (1 - 2^-13). No value has to be looked at again.
struct UniformGrid: Sendable, Hashable {
  /// e, at least 0 and finite.
  let error: Double
  /// A number of the values' type; 0 where no step would do, so that zero is the only value with a code.
  let step: Double
  /// The multiple that code 0 stands for: -255 ... 0, so that zero has a code.
  let lowest: Int

  /// Codes of a grid.
  static let codeCount = 256

  /// - Parameter step: 0, or from 2^-100 to 2^100 and at most twice the error.
  init?(error: Double, step: Double, lowest: Int) {
    guard error >= 0, error.isFinite, step == 0 || (0x1p-100...0x1p100).contains(step) && step <= 2 * error,
      (1 - Self.codeCount...0).contains(lowest), step != 0 || lowest == 0
    else { return nil }
    (self.error, self.step, self.lowest) = (error, step, lowest)
  }

  /// Whether every value between two that were encoded has a code: the smallest and the largest, NaN or infinite if one was.
  func covers<Scalar: BinaryFloatingPoint>(_ least: Scalar, _ most: Scalar) -> Bool {
    guard step > 0 else { return least == 0 && most == 0 }
    // A comparison with NaN is false.
    return place(of: least) >= 0 && place(of: most) <= Scalar(Self.codeCount - 1)
  }

  /// The code of `value`, or where it would be beyond the 256, by the very operations of the kernels: a tie goes to the even code, which is not the
  /// even multiple where the lowest is odd.
  func place<Scalar: BinaryFloatingPoint>(of value: Scalar) -> Scalar {
    let origin = Scalar(sign: .plus, exponent: Scalar.Exponent(Scalar.significandBitCount), significand: 1.5)
    let product = value * (1 / Scalar(step))
    let sum = product + (origin - Scalar(lowest))
    return sum - origin
  }
}

extension UniformGrid {
  /// What the float32 kernels take: 1 / step, and an addition that leaves the code in the lowest bits of the sum.
  var perStep: Float { step > 0 ? 1 / Float(step) : 0 }
  var shift: Float { 0x1.8p23 - Float(lowest) }
}
