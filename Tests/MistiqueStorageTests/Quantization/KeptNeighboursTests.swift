import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// Bounds that are chosen by the neighbours they keep.
@Suite struct KeptNeighboursTests {
  private static let schema = IntermediateSchema.maps(channels: 12, height: 3, width: 3)

  /// Rows around 20 centres, so that rows have neighbours.
  private static func values(rows: Int, spread: Double = 0.3, seed: UInt64 = 3) -> [Float] {
    var random = SeededRandom(seed: seed)
    let centres = (0..<20).map { _ in (0..<schema.columnCount).map { _ in max(0, random.normal()) } }
    return (0..<rows).flatMap { row in centres[row % 20].map { Float(max(0, $0 + spread * random.normal())) } }
  }

  /// By sorting all distances in double, all rows asked.
  private static func kept(_ exact: [Float], _ near: [Float], rows: Int, neighbours: Int) -> Double {
    let width = exact.count / rows
    func nearest(_ row: Int, _ values: [Float]) -> Set<Int> {
      let distances = (0..<rows).map { other in
        (0..<width).reduce(0.0) { sum, place in
          let difference = Double(values[row * width + place]) - Double(values[other * width + place])
          return sum + difference * difference
        }
      }
      return Set((0..<rows).filter { $0 != row }.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(neighbours))
    }
    return (0..<rows).reduce(0) { $0 + Double(nearest($1, exact).intersection(nearest($1, near)).count) } / Double(rows * neighbours)
  }

  @Test("The bound that is chosen keeps about the share that was asked for, is recorded, and is wider where less is asked")
  func chosen() throws {
    let values = Self.values(rows: 300)
    var bounds: [Double] = []
    for share in [0.6, 0.9, 0.97] {
      let fixture = try StoreFixture()
      let scheme = QuantizationScheme.bound(.keeping(neighbours: share))
      let commit = try fixture.write(values, schema: Self.schema, writer: fixture.writer(), scheme: scheme)
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      let kept = try #require(manifest.scheme.kept)
      #expect(kept.asked == share && kept.measured! >= share && manifest.scheme.asAsked == scheme)
      guard case .relative(let bound)? = manifest.scheme.values.bound else {
        Issue.record("\(manifest.scheme) has no bound")
        return
      }
      bounds.append(bound)
      let near = try fixture.read(manifest, [0..<Self.schema.columnCount], .all).withValues { Array($0) }
      let all = Self.kept(values, near, rows: 300, neighbours: 30)
      #expect(all >= share - 0.05, "25 rows kept \(kept.measured!), all keep \(all)")
      let error = try #require(try fixture.store.codebook(of: manifest).entries.first?.quantizer.grids[0].error)
      #expect(zip(values, near).allSatisfy { !BoundTests.breaks(Double($0), Double($1), error) })
    }
    #expect(bounds == bounds.sorted(by: >) && bounds.first! > bounds.last!, "\(bounds)")
  }

  @Test(
    "The size of the values changes nothing: squares of their differences may be more or less than float32 has",
    arguments: [-100, -70, 70, 100])
  func sizes(exponent: Int) throws {
    let values = Self.values(rows: 300)
    let scale = Float(sign: .plus, exponent: exponent, significand: 1)
    func measured(_ values: [Float]) throws -> (bound: QuantizationScheme.ErrorBound?, kept: Double?) {
      let fixture = try StoreFixture()
      let scheme = QuantizationScheme.bound(.keeping(neighbours: 0.95))
      let commit = try fixture.write(values, schema: Self.schema, writer: fixture.writer(), scheme: scheme)
      let found = try fixture.store.manifest(commit.intermediates[0]).scheme
      return (found.values.bound, found.kept?.measured)
    }
    let (plain, scaled) = (try measured(values), try measured(values.map { $0 * scale }))
    #expect(plain == scaled && plain.kept! < 1, "\(plain) \(scaled)")
  }

  @Test("A ladder's base is chosen so too, and keeps what was recorded when its residual is given back")
  func ladder() throws {
    let fixture = try StoreFixture()
    let commit = try fixture.write(
      Self.values(rows: 300), schema: Self.schema, writer: fixture.writer(), scheme: .ladder(.keeping(neighbours: 0.9)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    #expect(manifest.isExact && manifest.scheme.kept?.asked == 0.9)
    let demoted = try #require(manifest.demoted)
    #expect(demoted.scheme.kept == manifest.scheme.kept && demoted.scheme.values.rungs == .base)
    #expect(try IntermediateManifest(decoding: demoted.encoded(), place: "test") == demoted)
  }

  @Test("Where nothing tells the narrowest bound is taken: too few rows, equal rows, no values; and named columns have it too")
  func nothingTells() throws {
    for (values, rows) in [
      (Self.values(rows: 4), 4), ([Float](repeating: 0, count: 200 * 108), 200), ([Float](repeating: .nan, count: 108), 1),
    ] {
      let fixture = try StoreFixture()
      let commit = try fixture.write(
        values, schema: Self.schema, writer: fixture.writer(), scheme: .bound(.keeping(neighbours: 0.9)))
      let scheme = try fixture.store.manifest(commit.intermediates[0]).scheme
      #expect(scheme.kept?.measured == nil, "\(rows) rows")
      if let bound = scheme.values.bound, scheme.kept != nil { #expect(bound == .relative(TrialSample.narrowest)) }
    }
    let fixture = try StoreFixture()
    let doubles = (0..<100).map { Double($0).squareRoot() }
    let frame = DataFrame(rowIDs: .first(100), columns: [("x", Column(.float64(doubles)))])
    let commit = try fixture.write(frame, writer: fixture.writer(), scheme: .bound(.keeping(neighbours: 0.9)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let read = try fixture.store.readColumns(manifest, columns: [0], rows: .all, counters: ReadCounters())[0].doubles!
    let square = (doubles.reduce(0) { $0 + $1 * $1 } / 100).squareRoot()
    #expect(zip(doubles, read).allSatisfy { abs($0 - $1) <= TrialSample.narrowest * square * 1.0001 })
  }

  @Test("Shares that are none are refused", arguments: [0, 1, -0.5, 1.5, .nan, .infinity])
  func refused(share: Double) {
    #expect(throws: StoreError.self) { try QuantizationScheme.bound(.keeping(neighbours: share)).validate() }
    #expect(throws: StoreError.self) { try QuantizationScheme.ladder(.keeping(neighbours: share)).validate() }
    #expect(throws: StoreError.self) { try QuantizationScheme.bound(.keeping(neighbours: 0.9), per: .channel).validate() }
  }

  @Test("Equal rows have equal bounds, whatever pieces they came in")
  func deterministic() throws {
    let values = Self.values(rows: 300)
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let first = try fixture.write(values, schema: Self.schema, writer: writer, scheme: .ladder(.keeping(neighbours: 0.9)), piece: 7)
    let second = try fixture.write(values, schema: Self.schema, writer: writer, scheme: .ladder(.keeping(neighbours: 0.9)), piece: 300)
    #expect(first.intermediates == second.intermediates)
  }
}
