import Diagnosis
import TestSupport
import Testing

@Suite struct SVCCATests {
  private func compare(_ first: Mixture, _ second: Mixture, _ options: SVCCA.Options = .init()) throws -> SVCCA {
    try first.view { first in try second.view { second in try SVCCA(first, second, options: options) } }
  }

  @Test("Coefficients and kept directions are those of LAPACK's SVD and of SciPy's angles between subspaces")
  func golden() throws {
    let cases = try #require(Golden.load()["svcca"] as? [[String: Any]])
    #expect(cases.count == 16)
    for expected in cases {
      func number(_ name: String) throws -> Int { try #require(expected[name] as? Int) }
      let seed = UInt64(try number("seed"))
      let (rows, columns) = (try number("rows"), try number("secondColumns"))
      let first = Mixture(seed: seed, rows: rows, columns: try number("firstColumns"), factors: try number("factors"))
      var second = Mixture(seed: seed + 100, rows: rows, columns: columns, factors: 3)
      for row in 0..<rows {
        for column in 0..<columns { second.values[row * columns + column] += first.values[row * first.columns + column] / 2 }
      }
      let variance = try #require(expected["variance"] as? Double)
      let ours = try compare(first, second, .init(variance: variance, maximumDirections: expected["limit"] as? Int))
      let coefficients = try #require(expected["coefficients"] as? [Double])
      #expect(try ours.firstDirections == number("firstDirections") && ours.secondDirections == number("secondDirections"))
      #expect(ours.coefficients.count == coefficients.count)
      #expect(zip(ours.coefficients, coefficients).allSatisfy { abs($0 - $1) < 1e-5 }, "seed \(seed), variance \(variance)")
    }
  }

  @Test("One decomposition gives both answers: with all directions, and with a limited number", arguments: [(300, 40), (60, 200)])
  func limited(rows: Int, columns: Int) throws {
    let (first, second) = (noise(seed: 31, rows: rows, columns: columns), noise(seed: 32, rows: rows, columns: 10))
    for limit in [1, 7, 1_000] {
      let both = try first.view { first in try second.view { second in try SVCCA.withAndWithoutLimit(of: limit, first, second) } }
      let (whole, limited) = (try compare(first, second), try compare(first, second, .init(maximumDirections: limit)))
      for (ours, expected) in [(both.whole, whole), (both.limited, limited)] {
        #expect(ours.firstDirections == expected.firstDirections && ours.secondDirections == expected.secondDirections)
        #expect(ours.coefficients.count == expected.coefficients.count)
        #expect(zip(ours.coefficients, expected.coefficients).allSatisfy { abs($0 - $1) < 1e-9 })
      }
      #expect(both.limited.firstDirections <= limit)
    }
  }

  @Test("A matrix and an invertible linear transform of it are the same representation", arguments: [(200, 12), (20, 60)])
  func transform(rows: Int, columns: Int) throws {
    let matrix = noise(seed: 5, rows: rows, columns: columns)
    var random = SeededRandom(seed: 6)
    let map = (0..<columns * columns).map { ($0 % (columns + 1) == 0 ? 2 : 0) + Float(random.unit() - 0.5) / 4 }
    var transformed = matrix
    for row in 0..<rows {
      for column in 0..<columns {
        // A mean of its own besides: it must not matter.
        transformed.values[row * columns + column] =
          (0..<columns).reduce(Float(100)) {
            $0 + matrix.values[row * columns + $1] * map[$1 * columns + column]
          }
      }
    }
    let similarity = try compare(matrix, transformed, .init(variance: 1))
    #expect(similarity.firstDirections == min(rows - 1, columns))
    #expect(similarity.coefficients.allSatisfy { $0 > 1 - 1e-6 && $0 <= 1 })
  }

  @Test("What has nothing in common has coefficients of the root of directions / rows, and limiting the directions lowers them")
  func independent() throws {
    let (first, second) = (noise(seed: 7, rows: 4_000, columns: 20), noise(seed: 8, rows: 4_000, columns: 10))
    let similarity = try compare(first, second)
    #expect(similarity.mean < 0.12)
    let few = (noise(seed: 9, rows: 40, columns: 300), noise(seed: 10, rows: 40, columns: 10))
    // 38 or so of 39 dimensions are kept: the other side lies in them, whatever it is.
    #expect(try compare(few.0, few.1).mean > 0.9)
    #expect(try compare(few.0, few.1, .init(maximumDirections: 2)).mean < 0.5)
  }

  @Test("Constant columns, repeated columns, a great offset and the unit change nothing")
  func nuisances() throws {
    let (first, second) = (Mixture(seed: 1, rows: 150, columns: 24, factors: 6), Mixture(seed: 2, rows: 150, columns: 5, factors: 2))
    for variance in [0.99, 1] {
      let options = SVCCA.Options(variance: variance)
      let plain = try compare(first, second, options)
      func isSame(_ other: Mixture) throws -> Bool {
        let similarity = try compare(other, second, options)
        return similarity.firstDirections == plain.firstDirections
          && zip(similarity.coefficients, plain.coefficients).allSatisfy { abs($0 - $1) < 1e-5 }
      }
      let constant = Mixture(Array(repeating: 0.1, count: 150), columns: 1)
      #expect(try isSame(first.with(columnsOf: constant)))
      #expect(try isSame(Mixture(first.values.map { $0 * 0x1p100 }, columns: 24)))
      #expect(try isSame(Mixture(first.values.map { $0 * 0x1p-100 }, columns: 24)))
      #expect(try isSame(Mixture(first.values.map { $0 + 4_096 }, columns: 24)))
      #expect(try compare(first, first.with(columnsOf: first), .init(variance: 1)).secondDirections == 24)
    }
  }

  @Test("The same question twice has the same answer to the last bit")
  func deterministic() throws {
    let (first, second) = (noise(seed: 3, rows: 300, columns: 700), noise(seed: 4, rows: 300, columns: 10))
    #expect(try compare(first, second) == compare(first, second))
  }

  @Test("Many equal singular values are told apart into an orthonormal basis all the same")
  func equalSingularValues() throws {
    let identity = Mixture((0..<64 * 64).map { $0 % 65 == 0 ? 1 : 0 }, columns: 64)
    let similarity = try compare(identity, noise(seed: 2, rows: 64, columns: 10), .init(variance: 1))
    #expect(similarity.firstDirections == 63)
    #expect(similarity.coefficients.allSatisfy { abs($0 - 1) < 1e-9 })
  }

  @Test("The order of the matrices does not matter")
  func symmetric() throws {
    let (first, second) = (noise(seed: 3, rows: 90, columns: 70), noise(seed: 4, rows: 90, columns: 10))
    let (one, other) = (try compare(first, second), try compare(second, first))
    #expect(zip(one.coefficients, other.coefficients).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(one.firstDirections == other.secondDirections)
  }

  @Test("Hostile input is refused with the place of the trouble")
  func hostile() throws {
    let good = noise(seed: 1, rows: 5, columns: 3)
    func code(_ first: Mixture, _ second: Mixture) -> DiagnosisError.Code? {
      do { _ = try compare(first, second) } catch { return (error as? DiagnosisError)?.code }
      return nil
    }
    for bad in [Float.nan, .infinity, -.infinity] {
      var broken = good
      broken.values[7] = bad
      #expect(code(broken, good) == .notFinite && code(good, broken) == .notFinite)
      let error = #expect(throws: DiagnosisError.self) { try compare(good, broken) }
      #expect(try #require(error).description.contains("the second matrix holds \(bad) in row 2, column 1"))
    }
    #expect(code(Mixture(Array(repeating: 0.1, count: 15), columns: 3), good) == .constant)
    #expect(code(Mixture([1, 2, 3], columns: 3), Mixture([1, 2, 3], columns: 3)) == .tooFewRows)
    #expect(code(Mixture([], columns: 3), Mixture([], columns: 3)) == .tooFewRows)
    // Two rows span one direction, whose coefficient is 1.
    #expect(try compare(Mixture([1, 2], columns: 1), Mixture([5, 3], columns: 1)).coefficients.allSatisfy { abs($0 - 1) < 1e-12 })
    let extremes = Mixture([.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0, 1, .leastNonzeroMagnitude], columns: 1)
    #expect(try abs(compare(extremes, extremes).mean - 1) < 1e-6)
  }
}
