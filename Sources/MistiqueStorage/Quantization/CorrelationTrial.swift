import Groundwork

/// Which bound keeps canonical correlations: how far their mean, between the rows as they are and as the base would give them, falls below 1.
///
/// Of up to 400 rows and 1,024 columns, spread over all, both are projected on the directions in which the exact rows vary most: as many as explain 99 % of
/// the variance, at most 20 (a twentieth of the rows, so that the directions cannot fit them by chance). The coefficients are those between the two projections: no
/// direction is cut off that the other has. SVCCA (Raghu et al. 2017, arXiv 1706.05806) with one cut for both. As there, coefficients are the singular values of the product of two
/// orthonormal bases (Björck and Golub 1973, doi 10.1090/S0025-5718-1973-0348991-3).
struct CorrelationTrial: BoundTrial {
  private static let rows = 400
  private static let columns = 1024
  private static let directions = 20
  private static let variance = 0.99
  /// With fewer rows there is no direction.
  private static let fewestRows = 20

  let sample: TrialSample
  private let fall: Double
  /// Columns x directions, one direction after the other.
  let directions: [[Double]]
  /// Of the exact rows.
  private let basis: [[Double]]

  /// - Parameters:
  ///   - values: row-major rows x columns.
  ///   - fall: by how much the mean coefficient may fall below 1.
  init(_ values: UnsafePointer<Float>, rows: Int, columns: Int, fall: Double) {
    sample = TrialSample(values, rows: rows, columns: columns, atMost: (Self.rows, Self.columns))
    self.fall = fall
    guard sample.rows >= Self.fewestRows, sample.width > 0, sample.largest > 0 else {
      (directions, basis) = ([], [])
      return
    }
    let count = min(Self.directions, sample.rows / Self.fewestRows, sample.width)
    let main = Projection.mainDirections(count, of: sample.values, width: sample.width)
    let projections = Projection.centred(sample.values, width: sample.width, on: main)
    let kept = Self.explaining(Self.variance, of: sample, projections)
    directions = kept.map { main[$0] }
    basis = Projection.orthonormal(kept.map { projections[$0] })
  }

  /// The places of the directions of most variance, first the most, that together explain this share of it; or all.
  private static func explaining(_ share: Double, of sample: TrialSample, _ projections: [[Double]]) -> [Int] {
    let variances = projections.map { Projection.product($0, $0) }
    let all = Projection.squaredDeviations(sample.values, width: sample.width)
    var (kept, explained): ([Int], Double) = ([], 0)
    for place in projections.indices.sorted(by: { (variances[$0], $1) > (variances[$1], $0) }) where explained < share * all {
      kept.append(place)
      explained += variances[place]
    }
    return kept
  }

  var tells: Bool { !basis.isEmpty }

  func measured(_ rounded: [Float]) -> Double {
    let other = Projection.orthonormal(Projection.centred(rounded, width: sample.width, on: directions))
    let products = basis.map { first in other.map { Projection.product(first, $0) } }
    // A direction that rounding has emptied correlates with nothing.
    return Projection.singularValues(products).reduce(0) { $0 + min(1, $1) } / Double(basis.count)
  }

  func isEnough(_ measured: Double) -> Bool { 1 - measured <= fall }
}

/// Products of a row-major float32 matrix with a few vectors, in double and in one order, and what bases are made of.
enum Projection {
  /// Directions in which the rows vary most, nearly: subspace iteration from fixed vectors. Time: O(rounds x values x count).
  static func mainDirections(_ count: Int, of values: [Float], width: Int) -> [[Double]] {
    var random = SplitMix64(seed: 0)
    var directions = (0..<count).map { _ in (0..<width).map { _ in 2 * random.uniform() - 1 } }
    for _ in 0..<6 { directions = orthonormal(transposed(values, width: width, times: centred(values, width: width, on: directions))) }
    return directions
  }

  /// One vector of a number for each row for each direction, its mean taken away; zeros where the rows do not vary.
  static func centred(_ values: [Float], width: Int, on directions: [[Double]]) -> [[Double]] {
    let rows = values.count / width
    return directions.map { direction in
      let products = values.withUnsafeBufferPointer { values in
        direction.withUnsafeBufferPointer { direction in
          (0..<rows).map { row in
            // Four sums side by side, always the same ones.
            var sums = SIMD4<Double>.zero
            var place = 0
            while place + 4 <= width {
              let start = row * width + place
              sums += SIMD4(
                Double(values[start]) * direction[place], Double(values[start + 1]) * direction[place + 1],
                Double(values[start + 2]) * direction[place + 2], Double(values[start + 3]) * direction[place + 3])
              place += 4
            }
            var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
            while place < width {
              sum += Double(values[row * width + place]) * direction[place]
              place += 1
            }
            return sum
          }
        }
      }
      let mean = products.reduce(0, +) / Double(rows)
      let rest = products.map { $0 - mean }
      // Equal rows leave nothing but the rounding of their sums.
      let (largest, varying) = (products.reduce(0) { max($0, abs($1)) }, rest.reduce(0) { max($0, abs($1)) })
      return varying > 0x1p-40 * largest ? rest : [Double](repeating: 0, count: rows)
    }
  }

  /// The squares of what each value is off its column's mean, added.
  static func squaredDeviations(_ values: [Float], width: Int) -> Double {
    let rows = values.count / width
    return (0..<width).reduce(0) { sum, column in
      let mean = (0..<rows).reduce(0.0) { $0 + Double(values[$1 * width + column]) } / Double(rows)
      return (0..<rows).reduce(sum) { $0 + (Double(values[$1 * width + column]) - mean) * (Double(values[$1 * width + column]) - mean) }
    }
  }

  /// The sum of the rows, each times its number, for each vector of such numbers.
  private static func transposed(_ values: [Float], width: Int, times vectors: [[Double]]) -> [[Double]] {
    vectors.map { vector in
      var sums = [Double](repeating: 0, count: width)
      values.withUnsafeBufferPointer { values in
        sums.withUnsafeMutableBufferPointer { sums in
          for (row, factor) in vector.enumerated() {
            for place in 0..<width { sums[place] += factor * Double(values[row * width + place]) }
          }
        }
      }
      return sums
    }
  }

  /// An orthonormal basis of what the vectors span; those that add nothing but rounding are left out. Gram-Schmidt, twice.
  static func orthonormal(_ vectors: [[Double]]) -> [[Double]] {
    var basis: [[Double]] = []
    for vector in vectors {
      let before = length(vector)
      guard before > 0, before.isFinite else { continue }
      var rest = vector.map { $0 / before }
      for _ in 0..<2 {
        for other in basis {
          let share = product(rest, other)
          for place in rest.indices { rest[place] -= share * other[place] }
        }
      }
      let left = length(rest)
      if left > 0x1p-30 { basis.append(rest.map { $0 / left }) }
    }
    return basis
  }

  static func product(_ first: [Double], _ second: [Double]) -> Double { zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } }

  private static func length(_ vector: [Double]) -> Double {
    let largest = vector.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return 0 }
    return largest * vector.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
  }

  /// The singular values of a small matrix, by turning pairs of its rows until they are orthogonal (one-sided Jacobi, Hestenes 1958,
  /// doi 10.1137/0106005): the lengths of the rows that are left, in no order.
  static func singularValues(_ matrix: [[Double]]) -> [Double] {
    var rows = matrix
    for _ in 0..<30 {
      var isOrthogonal = true
      for first in rows.indices {
        for second in rows.indices.dropFirst(first + 1) {
          let (a, b) = (rows[first], rows[second])
          let (both, long, other) = (product(a, b), length(a), length(b))
          guard abs(both) > 0x1p-50 * long * other else { continue }
          isOrthogonal = false
          let zeta = (other * other - long * long) / (2 * both)
          let tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          for place in a.indices {
            rows[first][place] = cosine * (a[place] - tangent * b[place])
            rows[second][place] = cosine * (tangent * a[place] + b[place])
          }
        }
      }
      if isOrthogonal { break }
    }
    return rows.map(length)
  }
}
