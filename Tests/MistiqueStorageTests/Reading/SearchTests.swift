import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct SearchTests {
  @Test("A search finds the rows that reading finds, and skips RowBlocks that cannot hold one", arguments: [1, 2, 3] as [UInt64])
  func table(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let rows = 5000
    var validity = Validity(count: rows, present: true)
    for row in 0..<rows where random.unit() < 0.2 { validity[row] = false }
    // Ascending, so that most RowBlocks are far from any range; NaN in some.
    let doubles = (0..<rows).map { random.unit() < 0.01 ? Double.nan : Double($0) * 0.1 + random.unit() }
    let frame = DataFrame(
      rowIDs: .first(rows),
      columns: [
        ("doubles", Column(.float64(doubles), validity: validity)), ("ints", Column(.int64((0..<Int64(rows)).map { $0 << 50 }))),
        ("text", Column(.text(TextValues((0..<rows).map { "\($0)" })))),
      ])
    let fixture = try StoreFixture()
    let commit = try fixture.write(frame, writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    for (column, range) in [(0, 120.0...130.0), (0, -5...(-1)), (0, -1e9...1e9), (1, Double(1 << 60)...Double(1 << 61))] {
      let values = frame.columns[column].doubles!
      let counters = ReadCounters()
      let found = try fixture.store.search(manifest, column: column, in: SearchedInterval(range), counters: counters)
      #expect(found.rows == (0..<rows).filter { range.contains(values[$0]) }, "seed \(seed), \(range)")
      #expect(found.chunks == 5)
      if range.upperBound - range.lowerBound < 1e8 { #expect(found.skippedChunks >= 3) }
      if found.skippedChunks == 5 { #expect(counters.bytesRead == 0) }
    }
    #expect { try fixture.store.search(manifest, column: 2, in: SearchedInterval(0.0...1), counters: ReadCounters()) } throws: {
      ($0 as? StoreError)?.code == .invalid
    }
  }

  @Test("Integers are found as integers, whatever Double would make of them")
  func integers() throws {
    let big = Int64(1) << 53
    let values = [big - 1, big, big + 1, big + 2, .min, .min + 1, .max - 1, .max, 0, -1]
    let frame = DataFrame(rowIDs: .first(values.count), columns: [("i", Column(.int64(values)))])
    let fixture = try StoreFixture()
    let manifest = try fixture.store.manifest(fixture.write(frame, writer: try fixture.writer()).intermediates[0])
    func found(_ interval: SearchedInterval) throws -> [Int64] {
      let found = try fixture.store.search(manifest, column: 0, in: interval, counters: ReadCounters())
      #expect(found.possibleRows.isEmpty)
      return found.rows.map { values[$0] }
    }
    #expect(try found(SearchedInterval(Double(big)...Double(big))) == [big])
    #expect(try found(SearchedInterval(big + 1...big + 1)) == [big + 1])
    #expect(try found(SearchedInterval(Int64.max - 1...Int64.max)) == [.max - 1, .max])
    #expect(try found(SearchedInterval(Int64.min...Int64.min)) == [.min])
    #expect(try found(SearchedInterval(-0.5...0.5)) == [0])
    #expect(try found(SearchedInterval(0.25...0.75)).isEmpty)
    #expect(try found(SearchedInterval(-1e300...(-1e19))).isEmpty)
    #expect(try found(SearchedInterval(0x1p63...1e300)).isEmpty)
    #expect(try found(SearchedInterval(-Double.infinity...(.infinity))) == values)
    var random = SeededRandom(seed: 8)
    for _ in 0..<500 {
      let ends = [0, 1].map { _ in values.randomElement(using: &random)! &+ Int64.random(in: -2...2, using: &random) }.sorted()
      #expect(try found(SearchedInterval(ends[0]...ends[1])) == values.filter { (ends[0]...ends[1]).contains($0) }, "\(ends)")
    }
  }

  @Test("A search by integers among floating-point numbers is exact too")
  func integersAmongDoubles() {
    let big = Int64(1) << 53
    #expect(SearchedInterval(big + 1...big + 1).doubles == nil)
    #expect(SearchedInterval(big + 1...big + 2).doubles == Double(big + 2)...Double(big + 2))
    #expect(SearchedInterval(Int64.max...Int64.max).doubles == nil)
    #expect(SearchedInterval(Int64.min...0).doubles == -0x1p63...0)
  }

  static let schemes: [QuantizationScheme] = [
    .none, .kbit(1), .kbit(4), .kbit(8, per: .channel), .lp16, .threshold(0.5), .threshold(0.995), .pool(2).then(.kbit(3)),
  ]

  @Test("Of maps, certain and possible matches are returned apart by the logged values", arguments: schemes)
  func maps(scheme: QuantizationScheme) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let schema = IntermediateSchema.maps(channels: 8, height: 4, width: 4)
    let logged = activations(1000 * 128, seed: 5)
    let commit = try fixture.write(logged, schema: schema, writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    // The pooled values without quantization are what is searched.
    let reference = try StoreFixture { $0.rowsPerBlock = 100 }
    let full = try reference.store.manifest(
      reference.write(logged, schema: schema, writer: try reference.writer(), scheme: QuantizationScheme(pooling: scheme.pooling))
        .intermediates[0])
    let values = try reference.read(full, [13..<14], .all).column(0).map(Double.init)
    try expect(fixture, manifest, column: 13, values, "\(scheme)")
  }

  @Test("Of named columns with gaps, NaN and infinities, certain and possible matches are returned apart", arguments: schemes)
  func columns(scheme: QuantizationScheme) throws {
    var random = SeededRandom(seed: 77)
    let rows = 1000
    var validity = Validity(count: rows, present: true)
    for row in 0..<rows where random.unit() < 0.1 { validity[row] = false }
    let doubles = (0..<rows).map { row in
      row == 950 ? Double.nan : row == 850 ? .infinity : random.unit() < 0.3 ? 0 : random.unit() * 2 - 0.5
    }
    let frame = DataFrame(
      rowIDs: .first(rows),
      columns: [
        ("d", Column(.float64(doubles), validity: validity)), ("f", Column(.float32(doubles.map(Float.init)))),
      ])
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let scheme = QuantizationScheme(values: scheme.values)
    let manifest = try fixture.store.manifest(fixture.write(frame, writer: try fixture.writer(), scheme: scheme).intermediates[0])
    for column in 0..<2 { try expect(fixture, manifest, column: column, frame.columns[column].doubles!, "\(scheme) \(column)") }
  }

  /// Columns of which codes, bits or rounded values are equal, and the values are not.
  @Test(
    "What nearly repeats another column is searched by its own values",
    arguments: schemes + [
      .lp32, .bound(.absolute(0.1)), .bound(.relative(0.3)), .bound(.relative(0.3), per: .channel), .kbit(2, per: .channel),
      .threshold(0.9),
      .ladder(.absolute(0.1)),
    ])
  func nearlyEqual(scheme: QuantizationScheme) throws {
    var random = SeededRandom(seed: 6)
    for round in 0..<12 {
      let rows = [1, 7, 40][round % 3]
      // Channels are a constant, or the first one, moved a little or doubled.
      let far: Float = round % 2 == 0 ? 0.02 : 0.2
      let moved = (0..<6).map { channel in Float(channel) * far * Float(random.unit()) }
      var logged: [Float] = []
      for _ in 0..<rows {
        let value: Float = round < 4 ? 0.3 : Float(random.unit())
        for channel in 0..<6 { logged += [value + moved[channel], channel == 5 ? 2 * value : value] }
      }
      let fixture = try StoreFixture { $0.rowsPerBlock = 10 }
      let scheme = scheme.pooling == nil ? scheme : QuantizationScheme(values: scheme.values)
      let commit = try fixture.write(
        logged, schema: .maps(channels: 6, height: 1, width: 2), writer: try fixture.writer(), scheme: scheme)
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      let columns = (0..<12).map { column in (0..<rows).map { Double(logged[$0 * 12 + column]) } }
      for (column, values) in columns.enumerated() {
        try expect(fixture, manifest, column: column, values, "\(scheme), round \(round), column \(column)", Self.ranges(values, &random))
      }
      let frame = DataFrame(rowIDs: .first(rows), columns: columns.enumerated().map { ("c\($0)", Column(.float64($1))) })
      let table = try StoreFixture { $0.rowsPerBlock = 10 }
      let named = try table.store.manifest(
        table.write(frame, writer: try table.writer(), scheme: scheme.values.rungs == nil ? scheme : .none).intermediates[0])
      for (column, values) in columns.enumerated() {
        try expect(table, named, column: column, values, "\(scheme), round \(round), named \(column)", Self.ranges(values, &random))
      }
    }
  }

  @Test("A row is possible only where the interval of its value meets the range, and does not lie in it")
  func tight() throws {
    let fixture = try StoreFixture()
    let frame = DataFrame(rowIDs: .first(3), columns: [("a", Column(.float64([0, 1, 3])))])
    let commit = try fixture.write(frame, writer: try fixture.writer(), scheme: .bound(.absolute(0.1)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    // 1 is stored as a value near it, with 0.1 to either side.
    for (range, certain, possible) in [(1.15...2, [], []), (0.85...1.15, [1], []), (1.05...2, [], [1]), (0.95...1.05, [], [1])] {
      let found = try fixture.store.search(manifest, column: 0, in: SearchedInterval(range), counters: ReadCounters())
      #expect(found.rows == certain && found.possibleRows == possible, "\(range)")
    }
  }

  /// Around values that are there.
  private static func ranges(_ values: [Double], _ random: inout SeededRandom) -> [ClosedRange<Double>] {
    (0..<6).map { _ in
      let value = values.randomElement(using: &random)!
      return value - 0.02 * random.unit()...value + 0.02 * random.unit()
    }
  }

  private func expect(
    _ fixture: StoreFixture, _ manifest: IntermediateManifest, column: Int, _ values: [Double], _ what: String,
    _ ranges: [ClosedRange<Double>] = [0.5...0.7, 0.0...0.0, -1...10, 0.2...100, -100...(-99), 0...Double.infinity]
  ) throws {
    for range in ranges {
      let found = try fixture.store.search(manifest, column: column, in: SearchedInterval(range), counters: ReadCounters())
      let right = Set(values.indices.filter { range.contains(values[$0]) })
      #expect(Set(found.rows).isSubset(of: right), "\(what), \(range): what is certain is right")
      #expect(right.isSubset(of: Set(found.rows + found.possibleRows)), "\(what), \(range): nothing is missed")
      #expect(found.rows == found.rows.sorted() && Set(found.rows).isDisjoint(with: found.possibleRows))
      if manifest.scheme.values == .full { #expect(found.possibleRows.isEmpty, "\(what)") }
    }
  }
}
