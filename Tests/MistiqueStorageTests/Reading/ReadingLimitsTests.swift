import TestSupport
import Testing

@testable import MistiqueStorage

/// Reads at the edge of what can be asked.
@Suite struct ReadingLimitsTests {
  @Test("A read that goes to many partitions opens each once, however many column spans it asks for")
  func openFiles() throws {
    let fixture = try StoreFixture {
      $0.rowsPerBlock = 4
      $0.partitionBytes = 1 << 10
      $0.layout.sharedFrameBytes = 1 << 8
    }
    // More partitions than the store keeps open, each with chunks of half of the column spans.
    let commit = try fixture.write(
      activations(600 * 128, seed: 1), schema: .maps(channels: 8, height: 4, width: 4), writer: try fixture.writer())
    let manifest = try fixture.store.manifest(commit.intermediates[0])
    fixture.store.dropCaches()
    let plan = try fixture.store.plan(manifest, columns: [0..<128], rows: .all)
    #expect(commit.partitions.count > 150)
    let files = Set(plan.requests.map { ObjectIdentifier($0.file) })
    #expect(files.count == Set(plan.requests.map(\.file.path)).count, "a partition is opened once per plan")
    #expect(files.count > 128, "more than the store keeps open")
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
}
