import Diagnosis
import TestSupport
import Testing

@Suite struct NearestNeighboursTests {
  /// Distances in float64, one after the other, and everything sorted.
  private func sorted(_ query: ArraySlice<Float>, in matrix: Mixture, count: Int, excluding excluded: Int? = nil) -> [Int] {
    let distances = (0..<matrix.rows).map { row in
      zip(query, matrix.values[row * matrix.columns..<(row + 1) * matrix.columns]).reduce(0.0) {
        $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
      }
    }
    let rows = distances.indices.filter { $0 != excluded && distances[$0].isFinite }
    return Array(rows.sorted { distances[$0] != distances[$1] ? distances[$0] < distances[$1] : $0 < $1 }.prefix(count))
  }

  private func row(_ row: Int, of matrix: Mixture) -> ArraySlice<Float> { matrix.values[row * matrix.columns..<(row + 1) * matrix.columns] }

  @Test(
    "Columns of any size have neighbours: their squares may be more or less than float64 has", arguments: [-1_060, -600, 0, 600, 1_022])
  func sizes(exponent: Int) {
    let unit = Double(sign: .plus, exponent: exponent, significand: 1)
    // A large column in which nothing differs must not be lost in the unit of the small one.
    let columns = [[0, 1, -1.5, 0.5, .nan].map { $0 * unit }, Array(repeating: 1e300, count: 5)]
    let found = NearestNeighbours.of(row: 0, columns: columns, count: 4)
    #expect(found.map(\.row) == [3, 1, 2], "\(found)")
    #expect(found.map(\.distance) == [0.5 * unit, unit, 1.5 * unit], "\(found)")
  }

  @Test("A value beyond all others takes nothing from the neighbours among these", arguments: [1e300, .greatestFiniteMagnitude, 1e-300])
  func outlier(value: Double) {
    let found = NearestNeighbours.of(row: 0, columns: [[0, 5, 1, 3, value]], count: 4)
    let expected: [Double] = value > 1 ? [1, 3, 5, value] : [value, 1, 3, 5]
    #expect(found.map(\.distance) == expected && found.map(\.row) == (value > 1 ? [2, 3, 1, 4] : [4, 2, 3, 1]), "\(found)")
  }

  #if arch(x86_64)
    @Test("Columns of values of all sizes have the neighbours of a wider kind of number", arguments: 0..<40)
    func allSizes(seed: UInt64) {
      var random = SeededRandom(seed: seed)
      func value() -> Double {
        switch random.next() % 8 {
        case 0: return 0
        case 1:
          return [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, .nan, .infinity][Int(random.next() % 5)]
        case 2...4:
          return Double(sign: .plus, exponent: Int(random.next() % 2_000) - 1_000, significand: 1 + Double(random.next() % 64) / 64)
        default: return Double(random.next() % 200) - 100
        }
      }
      let rows = 30
      let columns = (0..<1 + Int(seed % 3)).map { _ in (0..<rows).map { _ in value() } }
      let exact = (0..<rows).map { row in
        columns.reduce(Float80(0)) { $0 + (Float80($1[row]) - Float80($1[0])) * (Float80($1[row]) - Float80($1[0])) }.squareRoot()
      }
      let expected = (1..<rows).filter { exact[$0].isFinite }.sorted { (exact[$0], $0) < (exact[$1], $1) }
      let found = NearestNeighbours.of(row: 0, columns: columns, count: rows)
      #expect(Set(found.map(\.row)) == Set(expected))
      for (neighbour, row) in zip(found, expected) {
        // Rows whose distances hardly differ may stand in either order.
        let (one, other) = (exact[neighbour.row], exact[row])
        #expect(abs(one - other) <= 1e-12 * other, "seed \(seed): row \(neighbour.row) at \(one), and not \(row) at \(other)")
        #expect(abs(Float80(neighbour.distance) - one) <= 1e-12 * one + 5e-324 || one > Float80(Double.greatestFiniteMagnitude))
      }
    }
  #endif

  @Test("Neighbours and distances are SciPy's, of one query and of many")
  func golden() throws {
    let cases = try #require(Golden.load()["neighbours"] as? [[String: Any]])
    #expect(cases.count == 3)
    for expected in cases {
      func number(_ name: String) throws -> Int { try #require(expected[name] as? Int) }
      let matrix = Mixture(seed: UInt64(try number("seed")), rows: try number("rows"), columns: try number("columns"), factors: 5)
      let queries = try #require(expected["queries"] as? [Int])
      let neighbours = try #require(expected["neighbours"] as? [[Int]])
      let distances = try #require(expected["distances"] as? [[Double]])
      let count = try number("count")
      let ours = matrix.view { NearestNeighbours.of(rows: queries, in: $0, count: count) }
      #expect(ours.map { $0.map(\.row) } == neighbours)
      #expect(zip(ours.joined(), distances.joined()).allSatisfy { abs($0.distance - $1) < 1e-9 * (1 + $1) })
      for (place, query) in queries.enumerated() {
        #expect(matrix.view { NearestNeighbours.of(row: query, in: $0, count: count) } == ours[place])
      }
    }
  }

  @Test("Rounding does not change the answer: rows far off the origin, ties, extreme units", arguments: 0..<12 as Range<UInt64>)
  func rounding(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let columns = [3, 17, 130, 1_100][Int(seed % 4)]
    let unit: Float = [1, 0x1p-70, 0x1p66, 0x1p-140][Int(seed / 2 % 4)]
    let offset: Float = [0, 10_000, -3][Int(seed % 3)]
    // Few different values, so that many distances are equal or nearly so.
    let matrix = Mixture((0..<150 * columns).map { _ in (offset + Float(random.next() % 5) / 8) * unit }, columns: columns)
    let queries = (0..<20).map { _ in Int(random.next() % 150) }
    let count = Int(random.next() % 30) + 1
    let ours = matrix.view { NearestNeighbours.of(rows: queries, in: $0, count: count) }
    for (place, query) in queries.enumerated() {
      let expected = sorted(row(query, of: matrix), in: matrix, count: count, excluding: query)
      #expect(ours[place].map(\.row) == expected, "seed \(seed), query \(query)")
    }
  }

  @Test("Rows of several blocks and queries of several blocks, against everything sorted")
  func blocks() {
    let matrix = noise(seed: 40, rows: 2_600, columns: 9)
    let queries = noise(seed: 41, rows: 300, columns: 9)
    let ours = matrix.view { matrix in queries.view { NearestNeighbours.of(queries: $0, in: matrix, count: 7) } }
    #expect(ours.count == 300)
    for query in stride(from: 0, to: 300, by: 23) {
      #expect(ours[query].map(\.row) == sorted(row(query, of: queries), in: matrix, count: 7))
    }
  }

  @Test("A long list has the neighbours that sorting everything gives, ties included", arguments: [999, 1_001, 2_000, 9_000])
  func longLists(count: Int) {
    var random = SeededRandom(seed: 11)
    let column = (0..<7_000).map { _ in Double(Int.random(in: -900...900, using: &random)) }
    let found = NearestNeighbours.of(row: 3, columns: [column], count: count)
    let distances = column.map { abs($0 - column[3]) }
    let rows = distances.indices.filter { $0 != 3 }.sorted { distances[$0] != distances[$1] ? distances[$0] < distances[$1] : $0 < $1 }
    #expect(found.map(\.row) == Array(rows.prefix(count)))
  }

  @Test("NaN and infinite rows are nobody's neighbours and have none", arguments: [1, 12])
  func broken(queries count: Int) {
    var matrix = noise(seed: 50, rows: 40, columns: 6)
    matrix.values[3 * 6 + 2] = .nan
    matrix.values[4 * 6] = .infinity
    matrix.values[5 * 6 + 1] = .greatestFiniteMagnitude
    matrix.values[6 * 6 + 1] = -.greatestFiniteMagnitude
    for start in 0..<7 {
      let queries = (start..<start + count).map { $0 % 40 }
      let ours = matrix.view { NearestNeighbours.of(rows: queries, in: $0, count: 100) }
      for (place, query) in queries.enumerated() {
        #expect(ours[place].map(\.row) == sorted(row(query, of: matrix), in: matrix, count: 100, excluding: query))
        #expect(ours[place].count == (query == 3 || query == 4 ? 0 : 37))
      }
    }
  }

  @Test("Ties go to the smaller row, and the row itself comes first if it is wanted")
  func ties() {
    let matrix = Mixture([1, 1, 1, 0, 0, 5], columns: 1)
    matrix.view { matrix in
      #expect(NearestNeighbours.of(row: 1, in: matrix, count: 3).map(\.row) == [0, 2, 3])
      #expect(NearestNeighbours.of(row: 1, in: matrix, count: 2, includingItself: true).map(\.row) == [0, 1])
      #expect(NearestNeighbours.of(row: 5, in: matrix, count: 1) == [Neighbour(row: 0, distance: 4)])
      #expect(NearestNeighbours.of(row: 0, in: matrix, count: 0).isEmpty)
      #expect(NearestNeighbours.of(rows: [], in: matrix, count: 3).isEmpty)
    }
    Mixture([], columns: 2).view { empty in
      matrix.view { _ in #expect(NearestNeighbours.of(queries: empty, in: empty, count: 3).isEmpty) }
    }
  }

  @Test("Overlap is 1 of the same, 0 of others, and a share of the longer in between")
  func overlap() {
    func list(_ rows: [Int]) -> [Neighbour] { rows.map { Neighbour(row: $0, distance: Double($0)) } }
    #expect(NearestNeighbours.overlap(list([1, 2, 3]), list([3, 2, 1])) == 1)
    #expect(NearestNeighbours.overlap(list([1, 2]), list([3, 4])) == 0)
    #expect(NearestNeighbours.overlap(list([1, 2, 3, 4]), list([3, 1])) == 0.5)
    #expect(NearestNeighbours.overlap([], []) == 1 && NearestNeighbours.overlap(list([1]), []) == 0)
  }

  @Test("Long lists of many queries are those of each query alone")
  func longLists() {
    var random = SeededRandom(seed: 7)
    Mixture((0..<3_000).map { _ in Float(random.unit()) }, columns: 2).view { matrix in
      let rows = Array(0..<9)
      let count = 1_001
      let together = NearestNeighbours.of(rows: rows, in: matrix, count: count)
      #expect(together.map { $0.map(\.row) } == rows.map { NearestNeighbours.of(row: $0, in: matrix, count: count).map(\.row) })
    }
  }
}
