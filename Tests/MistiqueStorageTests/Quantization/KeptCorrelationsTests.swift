import Diagnosis
import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// Bounds that are chosen by the canonical correlations they keep.
@Suite struct KeptCorrelationsTests {
  private static let schema = IntermediateSchema.maps(channels: 10, height: 3, width: 4)
  private static let rows = 400

  /// Twenty directions, each varying less than the one before, and little beside.
  private static func values(decay: Double = 0.85, seed: UInt64 = 5) -> [Float] {
    var random = SeededRandom(seed: seed)
    let directions = (0..<20).map { number in (0..<schema.columnCount).map { _ in random.normal() * pow(decay, Double(number)) } }
    return (0..<rows).flatMap { _ in
      let weights = directions.map { _ in random.normal() }
      return (0..<schema.columnCount).map { place in
        Float(zip(weights, directions).reduce(0.001 * random.normal()) { $0 + $1.0 * $1.1[place] })
      }
    }
  }

  /// By LAPACK, of as many directions on either side.
  private static func svcca(_ first: [Float], _ second: [Float], _ directions: Int, columns: Int = schema.columnCount) throws -> Double {
    try first.withUnsafeBufferPointer { first in
      try second.withUnsafeBufferPointer { second in
        try SVCCA(
          MatrixView(first, columns: columns), MatrixView(second, columns: columns),
          options: .init(variance: 1, maximumDirections: directions)
        ).mean
      }
    }
  }

  /// Row-major, on the directions of a trial.
  private static func projected(_ values: [Float], _ directions: [[Double]]) -> [Float] {
    (0..<rows).flatMap { row in
      directions.map { direction in
        Float(direction.indices.reduce(0.0) { $0 + direction[$1] * Double(values[row * schema.columnCount + $1]) })
      }
    }
  }

  @Test("The widest bound that is within what was asked is taken, what it keeps is recorded, and LAPACK's SVCCA says the same")
  func chosen() throws {
    let values = Self.values()
    var bounds: [Double] = []
    for fall in [0.02, 0.002, 0.0005] {
      let fixture = try StoreFixture()
      let scheme = QuantizationScheme.ladder(.keeping(cca: fall))
      let commit = try fixture.write(values, schema: Self.schema, writer: fixture.writer(), scheme: scheme)
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      let kept = try #require(manifest.scheme.kept)
      #expect(kept.measure == .cca && kept.asked == fall && kept.measured! <= fall && manifest.scheme.asAsked == scheme)
      guard case .relative(let bound)? = manifest.scheme.values.bound else {
        Issue.record("\(manifest.scheme) has no bound")
        return
      }
      bounds.append(bound)
      let demoted = try #require(manifest.demoted)
      #expect(try IntermediateManifest(decoding: demoted.encoded(), place: "test") == demoted)
      // Of every bound of the list: what is found is what LAPACK finds of the rounded values, and the first within `fall` is the one.
      let trial = values.withUnsafeBufferPointer {
        CorrelationTrial($0.baseAddress!, rows: Self.rows, columns: Self.schema.columnCount, fall: fall)
      }
      for tried in TrialSample.bounds where tried >= bound {
        let step = Float(UniformGrid.step(ofError: tried * UniformGrid.rootMeanSquare(values)))
        let rounded = values.map { ($0 / step).rounded(.toNearestOrEven) * step }
        let found = trial.measured(rounded)
        let count = trial.directions.count
        let oracle = try Self.svcca(
          Self.projected(values, trial.directions), Self.projected(rounded, trial.directions), count, columns: count)
        #expect(abs(found - oracle) < 1e-5, "\(tried): \(found), LAPACK \(oracle)")
        // Where rounding is too little to change which directions are the main ones, they need not be given either.
        let whole = try Self.svcca(values, rounded, count)
        if whole > 0.98 { #expect(abs(found - whole) < 0.1 * (1 - whole), "\(tried): \(found), LAPACK \(whole)") }
        #expect((1 - found <= fall) == (tried == bound), "\(tried) for \(fall)")
      }
    }
    #expect(bounds == bounds.sorted(by: >) && bounds.first! > bounds.last!, "\(bounds)")
  }

  @Test("Correlations of unrelated rows are those of LAPACK; of a direction that is lost, none")
  func measures() throws {
    let values = Self.values()
    let trial = values.withUnsafeBufferPointer {
      CorrelationTrial($0.baseAddress!, rows: Self.rows, columns: Self.schema.columnCount, fall: 0.1)
    }
    #expect(abs(trial.measured(values) - 1) < 1e-12)
    // Variances fall by 0.85 squared: the first 15 of 20 are 99 %, and LAPACK finds as many.
    let lapack = try values.withUnsafeBufferPointer {
      try SVCCA(MatrixView($0, columns: Self.schema.columnCount), MatrixView($0, columns: Self.schema.columnCount))
    }
    #expect(trial.directions.count == lapack.firstDirections && lapack.firstDirections < 20)
    #expect(trial.measured(values.map { $0 * 3 + 7 }) > 1 - 1e-6)
    #expect(trial.measured([Float](repeating: 2, count: values.count)) == 0)
    let other = Self.values(seed: 6)
    #expect(abs(trial.measured(other) - (try Self.svcca(values, other, trial.directions.count))) < 0.05)
    var random = SeededRandom(seed: 9)
    for size in [1, 2, 7, 20] {
      let matrix = (0..<size).map { _ in (0..<size).map { _ in random.normal() } }
      let found = Projection.singularValues(matrix).sorted()
      // The squares add up to the squares of the entries, their product to the determinant's.
      let squares = matrix.flatMap { $0 }.reduce(0) { $0 + $1 * $1 }
      #expect(abs(found.reduce(0) { $0 + $1 * $1 } - squares) < 1e-9 * squares)
      #expect(abs(found.reduce(1, *) - abs(Self.determinant(matrix))) <= 1e-9 * found.reduce(1, *), "\(size)")
    }
  }

  /// By elimination, the largest pivot first.
  private static func determinant(_ matrix: [[Double]]) -> Double {
    var (rows, product) = (matrix, 1.0)
    for column in rows.indices {
      let pivot = (column..<rows.count).max { abs(rows[$0][column]) < abs(rows[$1][column]) }!
      if pivot != column { product = -product }
      rows.swapAt(pivot, column)
      product *= rows[column][column]
      for row in (column + 1)..<max(column + 1, rows.count) {
        let factor = rows[row][column] / rows[column][column]
        for place in rows.indices { rows[row][place] -= factor * rows[column][place] }
      }
    }
    return product
  }

  @Test("Where nothing tells the narrowest bound is taken: too few rows, equal rows, no values; infinities and huge values do no harm")
  func nothingTells() throws {
    let width = Self.schema.columnCount
    let huge = Self.values().map { $0 * 1e30 }
    for (values, rows, tells) in [
      (Array(Self.values().prefix(19 * width)), 19, false), ([Float](repeating: 3, count: 100 * width), 100, false),
      ([Float](repeating: .nan, count: width), 1, false), (huge, Self.rows, true),
      (huge.enumerated().map { $0.offset % 97 == 0 ? .infinity : $0.element }, Self.rows, true),
    ] {
      let fixture = try StoreFixture()
      let commit = try fixture.write(values, schema: Self.schema, writer: fixture.writer(), scheme: .bound(.keeping(cca: 0.002)))
      let scheme = try fixture.store.manifest(commit.intermediates[0]).scheme
      #expect((scheme.kept?.measured != nil) == tells, "\(rows) rows, \(scheme)")
      if let bound = scheme.values.bound, scheme.kept != nil, !tells { #expect(bound == .relative(TrialSample.narrowest)) }
    }
  }

  @Test("Falls that are none are refused", arguments: [0, 1, -0.5, 1.5, .nan, .infinity])
  func refused(fall: Double) {
    #expect(throws: StoreError.self) { try QuantizationScheme.bound(.keeping(cca: fall)).validate() }
    #expect(throws: StoreError.self) { try QuantizationScheme.ladder(.keeping(cca: fall)).validate() }
    #expect(throws: StoreError.self) { try QuantizationScheme.bound(.keeping(cca: 0.002), per: .channel).validate() }
  }

  @Test("Equal rows have equal bounds, whatever pieces they came in")
  func deterministic() throws {
    let values = Self.values()
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let first = try fixture.write(values, schema: Self.schema, writer: writer, scheme: .ladder(.keeping(cca: 0.01)), piece: 7)
    let second = try fixture.write(values, schema: Self.schema, writer: writer, scheme: .ladder(.keeping(cca: 0.01)), piece: 400)
    #expect(first.intermediates == second.intermediates)
  }
}
