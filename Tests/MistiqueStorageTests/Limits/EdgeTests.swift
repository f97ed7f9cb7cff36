import Dispatch
import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// What is at the edge of what can be handed in.
@Suite(.serialized) struct EdgeTests {
  /// Tests that look at the whole process's memory: only where nothing else runs in it, as in `make torture`.
  private static let measuresMemory = ProcessInfo.processInfo.environment["MISTIQUE_MEMORY_TESTS"] != nil

  private static var residentMegabytes: Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")[1]
    return ((pages.flatMap { Int($0) } ?? 0) * Int(getpagesize())) >> 20
  }

  @Test("A read that goes to many partitions opens each once, however many column runs it asks for")
  func openFiles() throws {
    let fixture = try StoreFixture {
      $0.rowsPerBlock = 4
      $0.partitionBytes = 1 << 10
      $0.layout.sharedFrameBytes = 1 << 8
    }
    // More partitions than the store keeps open, each with chunks of half of the column runs.
    let commit = try fixture.write(
      activations(600 * 128, seed: 1), schema: .maps(channels: 8, height: 4, width: 4), writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    fixture.store.dropCaches()
    let before = fixture.store.filesOpened
    _ = try fixture.read(manifest, [0..<128], .all)
    #expect(commit.partitions.count > 150)
    #expect(fixture.store.filesOpened - before <= commit.partitions.count)
  }

  @Test("An intermediate whose maps are dead now and then is found again when the index is thinned")
  func thinnedIndex() throws {
    let fixture = try StoreFixture {
      $0.rowsPerBlock = 4
      $0.indexBytes = 1
      $0.partitionBytes = 4 << 20
    }
    let schema = IntermediateSchema.maps(channels: 64, height: 4, width: 4)
    var values = activations(800 * 1024, seed: 2)
    // Half of the maps are constant: the same chunk in every RowBlock.
    for row in 0..<800 { for column in 0..<512 { values[row * 1024 + column] = Float(column / 16) } }
    let writer = try fixture.writer()
    try fixture.write(values, schema: schema, writer: writer)
    let again = try fixture.write(values, schema: schema, writer: writer)
    #expect(again.counters.duplicateChunks > again.counters.chunks * 9 / 10, "\(again.counters)")
  }

  @Test("Equal maps in one RowBlock do not keep all of it in memory", .enabled(if: measuresMemory))
  func equalMaps() throws {
    let fixture = try StoreFixture {
      $0.rowsPerBlock = 64
      $0.partitionBytes = 8 << 20
    }
    let (channels, area, rows) = (256, 16, 64)
    let before = Self.residentMegabytes
    let writer = try fixture.writer()
    let schema = IntermediateSchema.maps(channels: channels, height: 4, width: 4)
    let target = MapWriter(schema, to: ChunkSink(writer, options: .init(deduplicates: true, codec: .automatic), group: "maps"))
    for block in 0..<400 {
      // All maps of a row are equal, and no two RowBlocks: a chunk of 4 KB out of a RowBlock of 1 MB.
      var random = SeededRandom(seed: UInt64(block))
      let map = (0..<area).map { _ in Float(random.unit()) }
      let values = (0..<rows * channels).flatMap { _ in map }
      try values.withUnsafeBufferPointer {
        try target.append($0, rowIDs: .range(Int64(block * rows)..<Int64((block + 1) * rows)))
      }
    }
    let pinned = Self.residentMegabytes - before
    #expect(pinned < 100, "\(pinned) MB")
    _ = try target.finish()
  }

  @Test("Partitions with little in them take little memory, however many are open", .enabled(if: measuresMemory))
  func manyPartitions() throws {
    let writer = try StoreFixture().writer()
    let before = Self.residentMegabytes
    let schema = IntermediateSchema.maps(channels: 16, height: 1, width: 1)
    let options = StoreWriter.Options(deduplicates: true, codec: .automatic, scheme: .kbit(8))
    for group in 0..<100 {
      let target = MapWriter(schema, to: ChunkSink(writer, options: options, group: "group \(group)"))
      try activations(16_000, seed: UInt64(group)).withUnsafeBufferPointer { try target.append($0, rowIDs: .first(1000)) }
      _ = try target.finish()
    }
    #expect(Self.residentMegabytes - before < 100, "\(Self.residentMegabytes - before) MB for 1.6 MB of codes")
  }

  @Test("Schemas that could not be read back are refused when they are written", arguments: [(4, 0, 4), (-1, 2, 2), (1, 8192, 4096)])
  func impossibleSchema(channels: Int, height: Int, width: Int) throws {
    let schema = IntermediateSchema.maps(channels: channels, height: height, width: width)
    #expect(!schema.isSound)
  }

  @Test("Rows that are not there are refused", arguments: [[5, 100], [-1], [3, 3], [4, 2]])
  func rowsThatAreNotThere(positions: [Int]) throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let maps = try fixture.store.manifest(
      try fixture.write(activations(1600, seed: 1), schema: .maps(channels: 16, height: 1, width: 1), writer: writer).intermediates[0])
    #expect(throws: StoreError.self) { try fixture.read(maps, [0..<16], .positions(positions)) }
    let frame = DataFrame(rowIDs: .list((0..<100).map { $0 * 2 }), columns: [("a", Column(.int64((0..<100).map { Int64($0) })))])
    let columns = try fixture.store.manifest(try fixture.write(frame, writer: writer).intermediates[0])
    #expect(throws: StoreError.self) {
      try fixture.store.readColumns(columns, columns: [0], rows: .positions(positions), counters: ReadCounters())
    }
    #expect(throws: StoreError.self) { try fixture.store.readRowIDs(maps, rows: .positions(positions), counters: ReadCounters()) }
  }

  @Test("A chunk of integers that are all missing has no range")
  func statisticsOfNothing() {
    let column = Column(.int64([1, 2]), validity: Validity(count: 2, present: false))
    let statistics = ChunkStatistics(column, rows: 0..<2)
    #expect(statistics.lowest == .infinity && statistics.highest == -.infinity)
  }

  @Test("The range of timestamps holds them, as that of integers, although float64 does not")
  func statisticsOfTimestamps() {
    let values: [Int64] = [.max - 1, .min + 1, 9_007_199_254_740_993]
    for place in values.indices {
      let rows = place..<place + 1
      let (times, integers) = (ChunkStatistics(Column(.timestamp(values)), rows: rows), ChunkStatistics(Column(.int64(values)), rows: rows))
      #expect(times == integers)
      #expect(
        times.lowest.isFinite && times.highest.isFinite && Int128(times.lowest) <= values[place] && Int128(times.highest) >= values[place])
    }
  }
}
