import CStorageKernels

/// LP_QT (paper section 3.1): values at lower precision, rounded to the nearest, ties to even.
///
/// What encodes and decodes them is one kernel each (`ChunkEncoder`, `FittedQuantizer.decode`): here is what a stored value still tells.
enum LowerPrecision {
  /// The interval of the numbers that round to `value`, which is finite.
  static func bounds(ofStored value: Double, as precision: QuantizationScheme.Precision) -> ClosedRange<Double> {
    switch precision {
    case .float16:
      let magnitude = halfNeighbours(of: Float(abs(value)))
      let bounds = (abs(value) + magnitude.below) / 2...min(65504, (abs(value) + magnitude.above) / 2)
      return value.sign == .minus ? -bounds.upperBound ... -bounds.lowerBound : bounds
    case .float32:
      let narrow = Float(value)
      let (below, above) = (Double(narrow.nextDown), Double(narrow.nextUp))
      // Beyond the largest lies half of a step more, which rounds to it.
      let (low, high) = (below.isFinite ? below : value - (above - value), above.isFinite ? above : value + (value - below))
      return (low + value) / 2...(high + value) / 2
    }
  }

  /// The binary16 values next to `magnitude`, which is one and not negative: its bits count them.
  private static func halfNeighbours(of magnitude: Float) -> (below: Double, above: Double) {
    var (half, value): (UInt16, Float) = (0, magnitude)
    _ = mistique_quantize_halve(&value, 1, &half)
    var halves = [half &- 1, half + 1]
    var values: [Float] = [0, 0]
    mistique_quantize_unhalve(&halves, 2, &values)
    let smallest = 0x1p-24
    return (half == 0 ? -smallest : Double(values[0]), half == 0x7bff ? .infinity : Double(values[1]))
  }
}
