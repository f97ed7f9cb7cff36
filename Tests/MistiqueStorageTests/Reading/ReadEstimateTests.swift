import TestSupport
import Testing

@testable import MistiqueStorage

/// What a plan says of the frames it will read, by their kind.
@Suite struct ReadEstimateTests {
  private static let maps = IntermediateSchema.maps(channels: 4, height: 8, width: 8)

  private func part(_ counters: ReadCounters) -> ReadEstimate.Part {
    .init(frames: counters.framesDecoded, storedBytes: counters.bytesRead, rawBytes: counters.bytesDecoded)
  }

  @Test(
    "A plan names the scheme its frames are stored under, and reading them takes what it says",
    arguments: [
      (QuantizationScheme.none, ReadKind.full), (.lp16, .lowPrecision), (.kbit(8), .kbit), (.kbit(1), .kbit),
      (.threshold(0.9), .threshold), (.pool(2), .full), (.pool(2).then(.kbit(3)), .kbit),
    ])
  func kinds(scheme: QuantizationScheme, kind: ReadKind) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let commit = try fixture.write(
      activations(1000 * 256, seed: 3), schema: Self.maps, writer: try fixture.writer(), scheme: scheme)
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let plan = try fixture.store.plan(manifest, columns: [0..<manifest.schema.columnCount], rows: .positions([7, 555]))
    let counters = ReadCounters()
    _ = try fixture.store.read(plan, counters: counters)
    #expect(plan.estimate.parts == [kind: part(counters)])
    #expect(counters.framesDecoded > 0)
  }

  @Test("A RowBlock with a NaN is stored in full, and counted so")
  func nanAmongCodes() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    var values = activations(1000 * 256, seed: 3)
    values[333 * 256] = .nan  // row 333, the first map
    let commit = try fixture.write(values, schema: Self.maps, writer: try fixture.writer(), scheme: .kbit(8))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    func parts(_ rows: RowSelection) throws -> [ReadKind: ReadEstimate.Part] {
      try fixture.store.plan(manifest, columns: [0..<64], rows: rows).estimate.parts
    }
    #expect(try Set(parts(.positions([333])).keys) == [.full])
    #expect(try Set(parts(.positions([33])).keys) == [.kbit])
    let both = try parts(.positions([33, 333]))
    #expect(try both == parts(.positions([333])).merging(parts(.positions([33]))) { _, _ in .init() })
  }

  @Test("Columns of a table count as text, full, LP_QT, or as what they are derived from")
  func columns() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 100 }
    let rows = 1000
    let table = DataFrame(
      rowIDs: .first(rows),
      columns: [
        ("price", Column(.float64((0..<rows).map { Double($0 * $0) / 7 }))),
        ("city", Column(.text(.init((0..<rows).map { "city \($0 % 9)" })))),
      ])
    let list = RowList((0..<rows).reversed())
    let turned = DataFrame(rowIDs: table.rowIDs, columns: zip(table.names, table.columns).map { ($0, $1.gather(list)) })
    let writer = try fixture.writer()
    let sink = ChunkSink(writer, options: .init(deduplicates: true, codec: .automatic), group: "columns")
    let first = try DataFrameWriter.store(table, to: sink)
    let second = try DataFrameWriter.store(
      turned, passedOn: [1: PassedOn(source: first, column: 1, operation: .rows(list))], to: sink)
    let commit = try writer.commit([first, second].map { try DataFrameWriter.finish($0, to: sink) }, blobs: []) { _, _ in [] }
    let manifests = try commit.intermediates.map { try fixture.store.manifest($0) }
    func estimate(_ intermediate: Int, _ columns: Range<Int>) throws -> ReadEstimate {
      try fixture.store.plan(manifests[intermediate], columns: [columns], rows: .all).estimate
    }
    #expect(try Set(estimate(0, 0..<1).parts.keys) == [.full])
    #expect(try Set(estimate(0, 1..<2).parts.keys) == [.text])
    #expect(try estimate(0, 0..<2).parts == estimate(0, 0..<1).parts.merging(estimate(0, 1..<2).parts) { _, _ in .init() })
    // The derived text takes the frames of the text it comes from.
    #expect(try estimate(1, 1..<2).parts == [.derived: #require(estimate(0, 1..<2).parts[.text])])
    #expect(try Set(estimate(1, 0..<2).parts.keys) == [.full, .derived])
    let counters = ReadCounters()
    let plan = try fixture.store.plan(manifests[1], columns: [0..<2], rows: .all)
    _ = try fixture.store.read(plan, counters: counters)
    let (estimate, read) = (plan.estimate, part(counters))
    #expect((estimate.frames, estimate.storedBytes, estimate.rawBytes) == (read.frames, read.storedBytes, read.rawBytes))

    // LP_QT to float32 applies to the float64 column; text stays as it is.
    let narrow = try fixture.store.manifest(try fixture.write(table, writer: writer, scheme: .lp32).intermediates[0])
    let parts = try fixture.store.plan(narrow, columns: [0..<2], rows: .all).estimate.parts
    #expect(Set(parts.keys) == [.lowPrecision, .text])
  }

  @Test("Parts without frames are not there, and one kind is full precision unless it is said")
  func totals() {
    #expect(ReadEstimate().parts.isEmpty)
    #expect(ReadEstimate(frames: 2, rawBytes: 9) == ReadEstimate(parts: [.full: .init(frames: 2, rawBytes: 9), .kbit: .init()]))
    let estimate = ReadEstimate(parts: [
      .full: .init(frames: 2, storedBytes: 5, rawBytes: 9), .text: .init(frames: 1, storedBytes: 3, rawBytes: 4),
    ])
    #expect((estimate.frames, estimate.storedBytes, estimate.rawBytes) == (3, 8, 13))
  }
}
