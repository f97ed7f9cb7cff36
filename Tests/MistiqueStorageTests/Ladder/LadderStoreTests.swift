import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// An intermediate in rungs, in a store: reading either, giving one back.
@Suite struct LadderStoreTests {
  static let schemas: [IntermediateSchema] = [
    .maps(channels: 3, height: 16, width: 16), .maps(channels: 5, height: 7, width: 9), .maps(channels: 40, height: 1, width: 1),
    .maps(channels: 2, height: 32, width: 32),
  ]

  static func values(_ schema: IntermediateSchema, rows: Int, seed: UInt64 = 7) -> [Float] {
    var random = SeededRandom(seed: seed)
    return (0..<rows * schema.columnCount).map { $0 % 2 == 0 ? max(0, Float(random.normal())) : Float(random.normal()) }
  }

  func read(_ fixture: StoreFixture, _ plan: ReadPlan, layout: MatrixLayout = .rowMajor, counters: ReadCounters = .init()) throws -> [Float]
  {
    try FloatMatrix(rows: plan.rowCount, columns: plan.width) {
      try fixture.store.readMaps(plan, into: $0, layout: layout, counters: counters)
    }.withValues { Array($0) }
  }

  @Test("Exact reads give every bit, base reads keep the bound and touch a fraction of the bytes", arguments: LadderStoreTests.schemas)
  func reading(schema: IntermediateSchema) throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 130 }
    var values = Self.values(schema, rows: 300)
    values[5] = -0.0
    let commit = try fixture.write(values, schema: schema, writer: fixture.writer(), scheme: .ladder(.relative(0.2)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    #expect(manifest.isExact)
    let error = try #require(try fixture.store.codebook(of: manifest).entries.first?.quantizer.grids[0].error)
    let width = schema.columnCount
    for rows in [RowSelection.all, .positions([0, 129, 130, 131, 299])] {
      for columns in [[0..<width], [1..<3, width - 2..<width], [width / 2..<width / 2 + 1]] {
        let places = (0..<rows.count(of: 300)).flatMap { place in
          columns.joined().map { (rows == .all ? place : rows.row(at: place)) * width + $0 }
        }
        let (whole, base) = (ReadCounters(), ReadCounters())
        let exact = try read(fixture, fixture.store.plan(manifest, columns: columns, rows: rows), counters: whole)
        #expect(LadderEncodingTests.bits(exact) == LadderEncodingTests.bits(places.map { values[$0] }))
        let plan = try fixture.store.plan(manifest, columns: columns, rows: rows, rungs: .base)
        #expect(try !plan.isExact && fixture.store.errorBound(of: plan) == error)
        let near = try read(fixture, plan, counters: base)
        for (place, value) in zip(places, near) { #expect(!BoundTests.breaks(Double(values[place]), Double(value), error)) }
        #expect(base.bytesRead * 3 < whole.bytesRead && base.framesDecoded == whole.framesDecoded)
        #expect(plan.estimate.storedBytes == base.bytesRead)
        var transposed = try read(fixture, plan, layout: .columnMajor)
        transposed = (0..<plan.rowCount).flatMap { row in (0..<plan.width).map { transposed[$0 * plan.rowCount + row] } }
        #expect(transposed == near)
        var codes = [UInt8](repeating: 0, count: near.count)
        try codes.withUnsafeMutableBufferPointer { try fixture.store.readCodes(plan, into: $0, counters: ReadCounters()) }
        let quantizer = try #require(try fixture.store.quantizer(of: manifest))
        #expect(zip(codes, near).allSatisfy { Float(quantizer.representatives(column: 0)[Int($0)]) == $1 })
        var (lower, upper) = (near, near)
        try lower.withUnsafeMutableBufferPointer { lower in
          try upper.withUnsafeMutableBufferPointer { try fixture.store.readBounds(plan, into: (lower, $0), counters: ReadCounters()) }
        }
        #expect(places.indices.allSatisfy { lower[$0] <= values[places[$0]] && values[places[$0]] <= upper[$0] })
      }
    }
  }

  @Test("Equal intermediates are stored once, in rungs or not, and never one for the other")
  func deduplication() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 130 }
    let (schema, writer) = (Self.schemas[0], try fixture.writer())
    let values = Self.values(schema, rows: 200)
    var commits: [StoreCommit] = []
    for scheme in [QuantizationScheme.ladder(.relative(0.2)), .none, .ladder(.relative(0.2)), .ladder(.relative(0.1)), .none] {
      commits.append(try fixture.write(values, schema: schema, writer: writer, scheme: scheme))
    }
    #expect(commits.map { $0.counters.duplicateChunks > 0 } == [false, false, true, false, true])
    for commit in commits {
      let manifest = try fixture.store.manifest(commit.intermediates[0])
      #expect(try read(fixture, fixture.store.plan(manifest, columns: [0..<schema.columnCount], rows: .all)) == values)
    }
  }

  @Test("Residuals are given back as one hole; the base stays, and what is left verifies and is not referred to as the values")
  func givingBack() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 500 }
    let schema = Self.schemas[3]
    let values = Self.values(schema, rows: 500)
    let commit = try fixture.write(values, schema: schema, writer: fixture.writer(), scheme: .ladder(.relative(0.2)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let demoted = try #require(manifest.demoted)
    #expect(!demoted.isExact && demoted.demoted == nil)
    var writer: StoreWriter? = try fixture.writer(committed: Set(commit.partitions.map(\.id)))
    let second = try writer!.commit([], manifests: [demoted], blobs: []) { _, _ in Array("second receipt".utf8) }
    let all = commit.partitions + second.partitions
    let root = second.intermediates[0]
    #expect(try fixture.store.manifest(root) == demoted)
    var reached = Reachability()
    try fixture.store.reach(intermediate: root, into: &reached)
    var freed: StoreWriter.Committed = [:]
    for partition in all {
      freed[partition.id] = FreedFrames(reached.unreachableFrames(of: try fixture.store.file(partition.id), partition.id))
    }
    let before = try #require(commit.partitions.map(\.fileBytes).max())
    let left = try writer!.reclaim(removed: [], freed: freed)
    writer = nil
    #expect(left.values.max()! * 2 < before, "\(left) of \(before) bytes are left")
    let plan = try fixture.store.plan(demoted, columns: [0..<schema.columnCount], rows: .all)
    #expect(plan.rungs == .base)
    let error = try #require(try fixture.store.errorBound(of: plan))
    let near = try read(fixture, plan)
    #expect(zip(values, near).allSatisfy { !BoundTests.breaks(Double($0), Double($1), error) })
    let verified = try fixture.store.verify(all.map { ($0.id, freed[$0.id]!) })
    #expect(verified.damaged.isEmpty && verified.demotedFrames > 0)
    // The whole manifest is not to be had any more, and says so.
    #expect(throws: StoreError.self) { try read(fixture, fixture.store.plan(manifest, columns: [0..<schema.columnCount], rows: .all)) }
    // Logged again, the values are stored again.
    let fresh = try StoreWriter(store: fixture.store, committed: { freed })
    let again = try fixture.write(values, schema: schema, writer: fresh, scheme: .ladder(.relative(0.2)))
    #expect(again.counters.duplicateChunks == 0)
    let whole = try fixture.store.manifest(again.intermediates[0])
    #expect(try read(fixture, fixture.store.plan(whole, columns: [0..<schema.columnCount], rows: .all)) == values)
  }

  @Test("What one intermediate needs whole stays whole, though another has given it back")
  func shared() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 130 }
    let schema = Self.schemas[0]
    let commit = try fixture.write(
      Self.values(schema, rows: 200), schema: schema, writer: fixture.writer(), scheme: .ladder(.relative(0.2)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let writer = try fixture.writer(committed: Set(commit.partitions.map(\.id)))
    let second = try writer.commit([], manifests: [try #require(manifest.demoted)], blobs: []) { _, _ in Array("receipt".utf8) }
    for order in [[commit.intermediates[0], second.intermediates[0]], [second.intermediates[0], commit.intermediates[0]]] {
      var reached = Reachability()
      for root in order { try fixture.store.reach(intermediate: root, into: &reached) }
      for partition in commit.partitions where partition.footer.frames.contains(where: { $0.residual != nil }) {
        #expect(reached.unreachableFrames(of: try fixture.store.file(partition.id), partition.id).isEmpty)
      }
    }
  }

  @Test("Frames with a value that has no code are stored in one piece, and base reads of them are exact")
  func outliers() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 400 }
    let schema = Self.schemas[3]
    var values = Self.values(schema, rows: 400)
    for (row, value) in [(3, Float.nan), (200, 1e30), (399, -.infinity)] { values[row * schema.columnCount + 1100] = value }
    let commit = try fixture.write(values, schema: schema, writer: fixture.writer(), scheme: .ladder(.relative(0.2)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    for rungs in [QuantizationScheme.Rungs.all, .base] {
      let plan = try fixture.store.plan(manifest, columns: [0..<schema.columnCount], rows: .all, rungs: rungs)
      let error = try fixture.store.errorBound(of: plan) ?? 0
      let found = try read(fixture, plan)
      #expect(
        zip(values, found).allSatisfy { value, read in value.isNaN ? read.isNaN : !BoundTests.breaks(Double(value), Double(read), error) })
      if rungs == .all { #expect(LadderEncodingTests.bits(found) == LadderEncodingTests.bits(values)) }
    }
  }

  @Test("A search is exact, and reads the residual of the rows alone that the base leaves open")
  func searching() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 200 }
    let schema = Self.schemas[3]
    var values = Self.values(schema, rows: 600)
    values[7 * schema.columnCount + 40] = .nan
    let commit = try fixture.write(values, schema: schema, writer: fixture.writer(), scheme: .ladder(.relative(0.05)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let column = 40
    let whole = ReadCounters()
    _ = try read(fixture, fixture.store.plan(manifest, columns: [column..<column + 1], rows: .all), counters: whole)
    for range in [0.0...0.1, 1...2, -0.5...(-0.4), 3...9, 100...200, 0...0] {
      let counters = ReadCounters()
      let found = try fixture.store.search(manifest, column: column, in: SearchedInterval(range), counters: counters)
      let right = (0..<600).filter { range.contains(Double(values[$0 * schema.columnCount + column])) }
      #expect(found.rows == right && found.possibleRows.isEmpty, "\(range)")
      if range == 3...9 { #expect(counters.bytesRead * 2 < whole.bytesRead, "\(counters.bytesRead) of \(whole.bytesRead)") }
    }
  }

  @Test("A directory that has codes, or bytes, lie in a frame in rungs is refused: a base has a code for every four bytes")
  func otherTypes() throws {
    let fixture = try StoreFixture { $0.rowsPerBlock = 128 }
    let schema = IntermediateSchema.maps(channels: 1, height: 4, width: 4)
    let values = Self.values(schema, rows: 128)
    let commit = try fixture.write(values, schema: schema, writer: fixture.writer(), scheme: .ladder(.absolute(0.1)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    let grid = try #require(try fixture.store.codebook(of: manifest).entries.first?.quantizer.grids[0])
    let sealed = try #require(commit.partitions.first { $0.footer.frames.contains { $0.residual != nil } })
    let path = PartitionPath.file(sealed.id, in: fixture.store.partitionsDirectory)
    var image = try PartitionImage([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    let frame = try #require(image.frames.firstIndex { !$0.residual.isEmpty })
    let chunk = try #require(image.chunks.firstIndex { $0.kind == 0 && $0.rows == 128 && $0.width == 16 })
    // As many codes as there would be bytes of values: sound by itself.
    let rungs = try #require(LadderEncodingTests.encode(Array(values.prefix(512)), grid))
    image.frames[frame].store(rungs.base)
    image.frames[frame].store(residual: rungs.residual)
    image.frames[frame].rawBytes = 2048
    image.chunks[chunk].type = UInt64(StoredType.codes(bits: 8).rawValue)
    image.chunks[chunk].payloadBytes = 2048
    MutationSubject.write(try image.encoded(), to: path)
    fixture.store.dropCaches()
    #expect { try fixture.store.plan(manifest, columns: [0..<16], rows: .all, rungs: .base) } throws: {
      ($0 as? StoreError)?.what.contains("frame in rungs") == true
    }
  }

  @Test("Tables are stored as they are")
  func tables() throws {
    let fixture = try StoreFixture()
    let frame = DataFrame(
      rowIDs: .first(100),
      columns: [
        ("x", Column(.float32((0..<100).map { Float($0).squareRoot() }))),
        ("y", Column(.float64((0..<100).map { Double($0).squareRoot() }))),
      ])
    let commit = try fixture.write(frame, writer: fixture.writer(), scheme: .ladder(.relative(0.2)))
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    #expect(manifest.isExact && manifest.demoted == nil)
    let read = try fixture.store.readColumns(manifest, columns: [0, 1], rows: .all, counters: ReadCounters())
    #expect(zip(read, frame.columns).allSatisfy { $0.isIdentical(to: $1) })
  }
}
