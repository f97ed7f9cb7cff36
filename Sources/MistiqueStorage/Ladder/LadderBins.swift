import CStorageKernels
import Synchronization

/// Which floats each code of a grid stands for: what the residual of a ladder counts.
///
/// A residual is the number of a value among the floats of its bin, ascending in magnitude, in as many bits as tell them apart: 24 next to zero, fewer
/// further out, where floats lie further apart. The bin of zero holds most floats there are, so its values are kept as they are.
enum LadderBins {
  /// Grids of the intermediates that were met last: working one out takes some 1,500 multiplications, a tenth of decoding a frame.
  private static let known = Mutex<[Key: mistique_ladder_bins]>([:])
  private static let mostKnown = 64

  private struct Key: Hashable {
    let step: UInt32
    let lowest: Int
  }

  /// - Parameter grid: with a step.
  static func bins(of grid: UniformGrid) -> mistique_ladder_bins {
    let key = Key(step: Float(grid.step).bitPattern, lowest: grid.lowest)
    if let bins = known.withLock({ $0[key] }) { return bins }
    let bins = workedOut(grid)
    known.withLock {
      if $0.count >= mostKnown { $0.removeAll() }
      $0[key] = bins
    }
    return bins
  }

  private static func workedOut(_ grid: UniformGrid) -> mistique_ladder_bins {
    var bins = mistique_ladder_bins()
    // A multiple and its negative have the same magnitudes: multiplying is symmetric, and so is a tie that goes to the even code.
    let starts = (1...UniformGrid.codeCount).map { start(of: $0, grid) }
    withUnsafeMutableBytes(of: &bins.first) { bytes in
      let first = bytes.bindMemory(to: UInt32.self)
      for code in 0..<UniformGrid.codeCount {
        let multiple = code + grid.lowest
        if multiple != 0 { first[code] = starts[abs(multiple) - 1] | (multiple < 0 ? 1 << 31 : 0) }
      }
    }
    withUnsafeMutableBytes(of: &bins.width) { widths in
      for code in 0..<UniformGrid.codeCount {
        let multiple = abs(code + grid.lowest)
        guard multiple != 0 else { continue }
        widths[code] = UInt8(UInt32.bitWidth - (starts[multiple] - starts[multiple - 1] - 1).leadingZeroBitCount)
      }
    }
    bins.zero = UInt8(-grid.lowest)
    return bins
  }

  /// The bits of the smallest positive number whose code is that of `multiple` or of a larger one.
  private static func start(of multiple: Int, _ grid: UniformGrid) -> UInt32 {
    let place = Float(multiple - grid.lowest)
    var value = (Float(multiple) - 0.5) * Float(grid.step)
    while grid.place(of: value) >= place { value = value.nextDown }
    while grid.place(of: value) < place { value = value.nextUp }
    return value.bitPattern
  }
}
