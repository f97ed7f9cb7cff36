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
      let found = try fixture.store.search(manifest, column: column, in: range, counters: counters)
      #expect(found.rows == (0..<rows).filter { range.contains(values[$0]) }, "seed \(seed), \(range)")
      #expect(found.chunks == 5)
      if range.upperBound - range.lowerBound < 1e8 { #expect(found.skippedChunks >= 3) }
      if found.skippedChunks == 5 { #expect(counters.bytesRead == 0) }
    }
    #expect { try fixture.store.search(manifest, column: 2, in: 0...1, counters: ReadCounters()) } throws: {
      ($0 as? StoreError)?.code == .invalid
    }
  }

  @Test("A search in maps agrees with reading them, quantized or not", arguments: [QuantizationScheme.none, .kbit(4), .lp16])
  func maps(scheme: QuantizationScheme) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let commit = try fixture.write(
      activations(1000 * 128, seed: 5), schema: .maps(channels: 8, height: 4, width: 4), writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let values = try fixture.read(manifest, [37..<38], .all).column(0)
    let found = try fixture.store.search(manifest, column: 37, in: 0.5...0.7, counters: ReadCounters())
    #expect(found.rows == values.indices.filter { (0.5...0.7).contains(Double(values[$0])) })
    #expect(!found.rows.isEmpty)
  }
}
