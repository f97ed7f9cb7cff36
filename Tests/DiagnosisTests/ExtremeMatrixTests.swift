import Diagnosis
import Foundation
import TestSupport
import Testing

/// Matrices of float32 of every magnitude, with NaN and infinities, few rows and ties.
struct ExtremeMatrixTests {
  static func matrix(_ random: inout SeededRandom, rows: Int, columns: Int) -> Mixture {
    let kind = random.next() % 5
    let values = (0..<rows * columns).map { _ -> Float in
      if kind > 0, random.next() % 40 == 0 { return [.nan, .infinity, -.infinity][Int(random.next() % 3)] }
      switch kind {
      case 0, 1: return Float(Int(random.next() % 7) - 3)
      case 2: return Float(Int(random.next() % 7) - 3) * .leastNonzeroMagnitude
      case 3: return [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0, 1][Int(random.next() % 4)]
      default: return Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      }
    }
    return Mixture(values, columns: columns)
  }

  private static func squares(_ matrix: Mixture, _ first: Int, _ second: Int) -> Double {
    (0..<matrix.columns).reduce(0.0) {
      let difference = Double(matrix.values[first * matrix.columns + $1]) - Double(matrix.values[second * matrix.columns + $1])
      return $0 + difference * difference
    }
  }

  @Test("KNN is what sorting all distances gives, for one query and for many", arguments: 0..<200 as Range<UInt64>)
  func neighbours(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let matrix = Self.matrix(&random, rows: 1 + Int(random.next() % 40), columns: 1 + Int(random.next() % 20))
    let count = Int(random.next() % 12)
    let queries = (0..<(seed % 2 == 0 ? 3 : 12)).map { _ in Int(random.next() % UInt64(matrix.rows)) }
    let found = matrix.view { NearestNeighbours.of(rows: queries, in: $0, count: count) }
    for (query, neighbours) in zip(queries, found) {
      let distances = (0..<matrix.rows).map { $0 == query ? .nan : Self.squares(matrix, query, $0) }
      let finite = distances.indices.filter { distances[$0].isFinite }
      #expect(neighbours.count == min(count, finite.count), "seed \(seed)")
      // Sums in another order may differ in the last bit, and then the order of two rows.
      let expected = finite.map { distances[$0].squareRoot() }.sorted().prefix(count)
      #expect(zip(neighbours, expected).allSatisfy { abs($0.distance - $1) <= 1e-12 * $1 }, "seed \(seed)")
      #expect(Set(neighbours.map(\.row)).count == neighbours.count)
      #expect(neighbours.allSatisfy { abs(distances[$0.row].squareRoot() - $0.distance) <= 1e-12 * $0.distance }, "seed \(seed)")
    }
  }

  @Test("Matrices without a row have no neighbours, no means and no correlation")
  func noRows() {
    let empty = Mixture([], columns: 3)
    let queries = Mixture([1, 2, 3], columns: 3)
    #expect(empty.view { matrix in queries.view { NearestNeighbours.of(queries: $0, in: matrix, count: 5) } } == [[]])
    #expect(empty.view { matrix in queries.view { NearestNeighbours.of(queries: matrix, in: $0, count: 5) } } == [])
    #expect(empty.values.withUnsafeBufferPointer { MapReduction.maxima($0, columns: 3) } == [])
    #expect(empty.values.withUnsafeBufferPointer { GroupMeans.of($0, columns: 2, groups: [], groupCount: 1) }.count == 2)
    for matrix in [empty, queries] {
      #expect(throws: DiagnosisError.self) { _ = try matrix.view { try SVCCA($0, $0) } }
    }
  }

  @Test("The largest of a row that holds NaN is NaN, wherever it stands")
  func maxima() {
    for values in [[Float.nan, 1, 2], [1, .nan, 2], [1, 2, .nan], [.nan, .infinity, 0]] {
      #expect(values.withUnsafeBufferPointer { MapReduction.maxima($0, columns: 3) }[0].isNaN)
    }
    #expect([Float(-3), -.infinity, -2].withUnsafeBufferPointer { MapReduction.maxima($0, columns: 3) } == [-2])
  }

  @Test(
    "SVCCA of any finite matrix with itself is 1 in every direction, and what is not finite is refused", arguments: 0..<200 as Range<UInt64>
  )
  func correlation(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let matrix = Self.matrix(&random, rows: 2 + Int(random.next() % 20), columns: 1 + Int(random.next() % 10))
    let isFinite = matrix.values.allSatisfy(\.isFinite)
    let varies = (0..<matrix.columns).contains { column in
      (0..<matrix.rows).contains { matrix.values[$0 * matrix.columns + column] != matrix.values[column] }
    }
    do {
      let svcca = try matrix.view { try SVCCA($0, $0) }
      #expect(isFinite && varies, "seed \(seed)")
      #expect(svcca.coefficients.allSatisfy { abs($0 - 1) < 1e-5 } && !svcca.coefficients.isEmpty, "seed \(seed): \(svcca)")
    } catch let error as DiagnosisError {
      #expect(error.code == (isFinite ? .constant : .notFinite) && !(isFinite && varies), "seed \(seed): \(error)")
    }
  }

  @Test("What varies beside a column of any size that does not is still correlated")
  func besideAConstant() throws {
    var random = SeededRandom(seed: 9)
    let varying = (0..<40).map { _ in Float(random.unit()) }
    let plain = Mixture(varying, columns: 2)
    for size: Float in [1e38, 1e5] {
      for scale: Float in [1, 0x1p-120] {
        let rows = (0..<20).flatMap { [size, varying[$0 * 2] * scale, varying[$0 * 2 + 1] * scale] }
        let answer = try Mixture(rows, columns: 3).view { one in try plain.view { try SVCCA(one, $0) } }
        #expect(answer.firstDirections == 2 && answer.coefficients.allSatisfy { $0 > 0.99999 }, "\(size), \(scale): \(answer)")
      }
    }
  }
}
