/// Minimises the objective of `TrainElasticNet` one coefficient at a time, on the inner products of centred features and target.
///
/// In the products the objective, times the rows n, is 1/2 w'Qw - q'w + 1/2 y'y + l1 |w|_1 + l2/2 |w|_2^2, with Q the features' products, q
/// those with the target, l1 = n alpha l1_ratio and l2 = n alpha (1 - l1_ratio). A step sets one coefficient to its best value given the
/// others (Friedman, Hastie, Tibshirani 2010, doi 10.18637/jss.v033.i01), so features of very different units do no harm. Plain arithmetic
/// in the order of features: the same products give the same bits.
struct CoordinateDescent {
  struct Penalty {
    let alpha: Double
    let l1Ratio: Double
  }

  /// How training ended.
  struct Ending: Equatable {
    /// Passes over all coefficients; 0 when zeros were good enough.
    let sweeps: Int
    /// How much lower the objective could be at most, in its units.
    let gap: Double
    /// Whether `gap` reached the tolerance within the allowed number of sweeps.
    let converged: Bool
  }

  private(set) var coefficients: [Double]
  private let gram: GramMatrix
  private let rows: Double
  private let l1: Double
  private let l2: Double
  /// Without a penalty: the least curvature of half the sum of squares in a direction that changes predictions, for features of length 1.
  private let leastCurvature: Double
  private var count: Int { coefficients.count }
  private var targetSquares: Double { gram.products[count * gram.size + count] }

  /// - Parameter gram: of the features and, last, the target.
  ///
  /// Complexity: without a penalty O(features^3), which the products took too; else nothing.
  init(_ gram: GramMatrix, rows: Int, penalty: Penalty) throws {
    precondition(gram.size >= 2 && rows > 0, "coordinate descent needs a feature, a target and rows")
    self.gram = gram
    self.rows = Double(rows)
    l1 = penalty.alpha * penalty.l1Ratio * self.rows
    l2 = penalty.alpha * (1 - penalty.l1Ratio) * self.rows
    coefficients = [Double](repeating: 0, count: gram.size - 1)
    leastCurvature = penalty.alpha == 0 ? try Self.leastCurvature(gram) : 1
  }

  /// The least eigenvalue of the features' correlations that is not rounding; 1 when no feature varies.
  private static func leastCurvature(_ gram: GramMatrix) throws -> Double {
    let count = gram.size - 1
    // A feature that does not vary has products of 0.
    let lengths = (0..<count).map { place in
      let square = gram.products[place * (gram.size + 1)]
      return square > 0 ? square.squareRoot() : .infinity
    }
    var correlations = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0..<count {
        correlations[row * count + column] = gram.products[row * gram.size + column] / lengths[row] / lengths[column]
      }
    }
    let values = try SingleThreadedBLAS.largestEigenvalues(count, of: correlations, size: count).values
    guard let largest = values.max(), largest > 0 else { return 1 }
    return values.filter { $0 > Double(count) * .ulpOfOne * largest }.min() ?? 1
  }

  /// Descends until converged, for `sweeps` passes at most. Complexity: O(features^2) per pass.
  mutating func run(tolerance: Double, sweeps: Int) -> Ending {
    let limit = tolerance * targetSquares
    var predicted = [Double](repeating: 0, count: count)
    var gap = gap(predicted)
    if gap >= 0, gap <= limit { return Ending(sweeps: 0, gap: gap / rows, converged: true) }
    for pass in 1...sweeps {
      let (change, largest) = sweep(&predicted)
      guard largest == 0 || change <= tolerance * largest || pass == sweeps else { continue }
      // Computed afresh, so that the gap is that of the coefficients and not of the rounding of the steps before.
      predicted = products()
      gap = self.gap(predicted)
      if gap <= limit { return Ending(sweeps: pass, gap: gap / rows, converged: true) }
    }
    return Ending(sweeps: sweeps, gap: gap / rows, converged: false)
  }

  /// One pass. Returns the largest change of a coefficient and the largest coefficient, both absolute. Keeps `predicted`, which is Qw, up to date.
  private mutating func sweep(_ predicted: inout [Double]) -> (change: Double, largest: Double) {
    let (size, count) = (gram.size, count)
    var (change, largest) = (0.0, 0.0)
    gram.products.withUnsafeBufferPointer { products in
      predicted.withUnsafeMutableBufferPointer { predicted in
        for place in 0..<count {
          let column = UnsafeBufferPointer(rebasing: products[(place * size)..<(place * size + count)])
          let square = column[place]
          // A feature that does not vary.
          guard square > 0 else { continue }
          let old = coefficients[place]
          let pull = products[count * size + place] - predicted[place] + old * square
          let shrunk = max(abs(pull) - l1, 0) / (square + l2)
          let new = pull < 0 ? -shrunk : shrunk
          if new != old {
            let step = new - old
            for row in 0..<count { predicted[row] += step * column[row] }
            coefficients[place] = new
          }
          change = max(change, abs(new - old))
          largest = max(largest, abs(new))
        }
      }
    }
    return (change, largest)
  }

  /// Qw, computed afresh.
  private func products() -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for place in 0..<count where coefficients[place] != 0 {
      let (start, coefficient) = (place * gram.size, coefficients[place])
      gram.products.withUnsafeBufferPointer { products in
        for row in 0..<count { result[row] += coefficient * products[start + row] }
      }
    }
    return result
  }

  /// The duality gap, times the rows: scikit-learn's `dual_gap_`. Without an l1 penalty it is that of ridge regression.
  ///
  /// Without any penalty the best that can be gained is g'Q+g / 2, with g = X'r and Q+ the inverse of Q where Q has one. It is at most the sum of the squares of
  /// g, each divided by its feature's square, over twice the least curvature. What single steps could gain says nothing: two features that are nearly
  /// equal gain little by each step and much by many.
  private func gap(_ predicted: [Double]) -> Double {
    let correlations = gram.products[(count * gram.size)...]
    let start = correlations.startIndex
    var (fit, square, penalty1, penalty2, dual, gain) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var ridge = 0.0
    for place in 0..<count {
      let coefficient = coefficients[place]
      fit += coefficient * correlations[start + place]
      square += coefficient * predicted[place]
      penalty1 += abs(coefficient)
      if l2 > 0 { penalty2 += coefficient * coefficient }
      let gradient = correlations[start + place] - predicted[place]
      dual = max(dual, abs(gradient - l2 * coefficient))
      // In this order: the square of a small gradient would be 0.
      if l2 > 0 { ridge += gradient * (gradient / l2) }
      let own = gram.products[place * (gram.size + 1)]
      if own > 0 { gain += gradient * (gradient / own) }
    }
    let residual = targetSquares + square - 2 * fit
    let residualTarget = targetSquares - fit
    guard l1 > 0 else {
      return l2 > 0 ? residual + 0.5 * l2 * penalty2 - residualTarget + 0.5 * ridge : gain / (2 * leastCurvature)
    }
    let scale = dual > l1 ? l1 / dual : 1
    let primal = 0.5 * (residual + l2 * penalty2) + l1 * penalty1
    return primal - (scale * residualTarget - 0.5 * scale * scale * (residual + l2 * penalty2))
  }
}
