import COneDNN
import Foundation

/// The speed of a large product of float32 matrices on a compute thread: the practical bound that the speed of a layer is compared with.
package enum MatrixProductPeak {
  /// Rows and columns of both matrices: 3 x 9 MB, well beyond the caches of a core, as large layers are.
  static let side = 1536

  /// The best of `repetitions` products, in 10^9 floating-point operations per second; a multiplication and an addition are two.
  /// - Throws: ``NetworkError`` if oneDNN refuses.
  /// - Complexity: 7 x 10^9 operations per repetition.
  package static func gigaflops(on compute: ComputeThread = .shared, repetitions: Int = 5) throws -> Double {
    let count = side * side
    let left = (0..<count).map { Float($0 % 13) - 6 }
    var product = [Float](repeating: 0, count: count)
    var best = Double.infinity
    for _ in 0..<max(1, repetitions) {
      let start = ContinuousClock.now
      try compute.perform {
        let size = dnnl_dim_t(side)
        let letter = CChar(UInt8(ascii: "N"))
        try check(dnnl_sgemm(letter, letter, size, size, size, 1, left, size, left, size, 0, &product, size), "multiply two matrices")
      }
      best = min(best, (ContinuousClock.now - start) / .seconds(1))
    }
    return 2 * pow(Double(side), 3) / best / 1e9
  }
}
