import Diagnosis
import TestSupport
import Testing

@Suite struct StandardisedFeaturesTests {
  @Test("A column's unit does not matter, a gap is the mean, and a constant column nothing", arguments: 0..<5 as Range<UInt64>)
  func units(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    func draw() -> [Double] { (0..<90).map { _ in random.unit() } }
    let (a, b) = (draw(), draw())
    let plain = try StandardisedFeatures([a, b])
    let other = try StandardisedFeatures([a.map { $0 * 0x1p40 }, Array(repeating: 5, count: 90), b.map { $0 * 0x1p-500 }])
    #expect(plain.columns == 2 && other.columns == 2)
    #expect(plain.nearest(to: 4, count: 10) == other.nearest(to: 4, count: 10), "seed \(seed)")
    // Of a column with a gap, the mean and the deviation are those of the others.
    var gaps = a
    gaps[7] = .nan
    let rest = a.enumerated().filter { $0.offset != 7 }.map(\.element)
    func standardised(_ values: [Double], by others: [Double]) -> [Double] {
      let mean = others.reduce(0, +) / Double(others.count)
      let deviation = (others.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(others.count)).squareRoot()
      return values.map { $0.isNaN ? 0 : ($0 - mean) / deviation }
    }
    let expected = NearestNeighbours.of(row: 7, columns: [standardised(gaps, by: rest), standardised(b, by: b)], count: 5)
    let found = try StandardisedFeatures([gaps, b]).nearest(to: 7, count: 5)
    #expect(found.map(\.row) == expected.map(\.row), "seed \(seed)")
  }

  @Test("A value beyond all others takes nothing from the neighbours among these", arguments: [1e10, -1e15, 1e30])
  func outlier(value: Double) throws {
    for shift in [0.0, 1e4] {
      let found = try StandardisedFeatures([[0, 5, 1, 3, 2.5, value].map { $0 + shift }]).nearest(to: 0, count: 5)
      #expect(found.map(\.row) == [2, 4, 3, 1, 5], "\(found)")
      #expect(abs(found[3].distance / found[0].distance - 5) < 1e-5)
    }
  }

  @Test("Columns that do not vary are an error with what to do")
  func constant() throws {
    for columns in [[[1, 1, 1]], [[.nan, .nan]], [[]], []] as [[[Double]]] {
      #expect(throws: DiagnosisError.self) { try StandardisedFeatures(columns) }
    }
    // Whose mean is rounded: ten times 0.1 are not 1.
    for (value, count) in [(0.1, 10), (0.3, 7), (1.1e300, 9), (5e-324, 3), (-0.7, 1_000)] {
      #expect(throws: DiagnosisError.self) { try StandardisedFeatures([Array(repeating: value, count: count) + [.nan]]) }
      let varied = (0..<count).map { Double($0) } + [3]
      #expect(try StandardisedFeatures([Array(repeating: value, count: count) + [.nan], varied]).columns == 1)
    }
  }

  @Test("Neighbours by columns of float64 tell apart what float32 does not, and rows with NaN are nobody's")
  func columns() {
    let values = [16_777_216.0, 16_777_217, 16_777_219, .nan]
    let found = NearestNeighbours.of(row: 1, columns: [values], count: 9)
    #expect(found.map(\.row) == [0, 2] && found.map(\.distance) == [1, 2])
    #expect(NearestNeighbours.of(row: 3, columns: [values], count: 9).isEmpty)
    #expect(NearestNeighbours.of(row: 0, columns: [[1, 2], [3, 4]], count: 1).first?.distance == 2.0.squareRoot())
  }

  @Test("A column of large values that are nearly equal counts as much as any other")
  func nearlyEqual() throws {
    let large = (0..<1_024).map { 0x1p60 + 65_536 + Double(256 * ($0 % 2)) }
    let features = try StandardisedFeatures([large, (0..<1_024).map(Double.init)])
    #expect(features.nearest(to: 0, count: 6).map(\.row) == [2, 4, 6, 8, 10, 12])
  }
}
