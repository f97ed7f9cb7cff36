import Foundation
import MistiqueStorage
import TestSupport
import Testing

@Suite struct DeduplicationTests {
  let schema = IntermediateSchema.maps(channels: 64, height: 4, width: 4)
  let values = activations(1200 * 1024, seed: 3)

  @Test("An intermediate that comes again costs no values, and STORE_ALL stores it again")
  func frozenLayer() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let first = try fixture.write(values, schema: schema, writer: writer)
    let again = try fixture.write(values, schema: schema, writer: writer)
    #expect(again.counters.duplicateChunks == again.counters.chunks)
    #expect(again.intermediates == first.intermediates, "one reference for the whole intermediate")
    #expect(again.fileBytes < 1000, "only the receipt: \(again.fileBytes) bytes")
    let all = try fixture.write(values, schema: schema, writer: writer, deduplicates: false)
    #expect(all.counters.duplicateChunks == 0)
    #expect(all.fileBytes > first.fileBytes * 9 / 10)
    let onDisk = fixture.folder.files().filter { $0.key.hasSuffix(".mqp") }.values.reduce(0, +)
    #expect(onDisk == first.fileBytes + again.fileBytes + all.fileBytes, "what was counted is what is there")
  }

  @Test("Equal chunks of an earlier session are found after reopening")
  func acrossSessions() throws {
    let fixture = try StoreFixture()
    let first = try fixture.write(values, schema: schema, writer: try fixture.writer())
    let reopened = try DataStore(directory: fixture.folder.path)
    let writer = try StoreWriter(store: reopened, committed: { first.committed })
    let again = try fixture.write(values, schema: schema, writer: writer)
    #expect(again.counters.duplicateChunks == again.counters.chunks)
    #expect(again.counters.chunks > 0)
  }

  @Test("An unchanged column of a changed frame is stored once")
  func unchangedColumn() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    let kept = Column(.float64((0..<5000).map { Double($0) * 0.37 }))
    func frame(_ shift: Double) -> DataFrame {
      DataFrame(rowIDs: .first(5000), columns: [("kept", kept), ("new", Column(.float64((0..<5000).map { Double($0) + shift })))])
    }
    try fixture.write(frame(0.5), writer: writer)
    let second = try fixture.write(frame(0.25), writer: writer)
    #expect(second.counters.duplicateBytes == 5000 * 8)
    #expect(second.counters.rawBytes == 2 * 5000 * 8)
  }

  @Test("The same bytes as another type or another width are another chunk")
  func typeMatters() throws {
    let fixture = try StoreFixture()
    let writer = try fixture.writer()
    try fixture.write(DataFrame(rowIDs: .first(64), columns: [("a", Column(.int64(Array(repeating: 0, count: 64))))]), writer: writer)
    let other = try fixture.write(
      DataFrame(rowIDs: .first(64), columns: [("a", Column(.float64(Array(repeating: 0, count: 64))))]), writer: writer)
    #expect(other.counters.duplicateChunks == 0)
  }

  @Test("A fingerprint alone is not believed: a chunk whose stored twin was damaged is stored again, and found there from then on")
  func bytesAreCompared() throws {
    let fixture = try StoreFixture()
    let first = try fixture.write(values, schema: schema, writer: try fixture.writer(), codec: .none)
    let path = PartitionPath.file(first.partitions[0].id, in: fixture.store.partitionsDirectory)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[5000] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let reopened = try DataStore(directory: fixture.folder.path)
    let writer = try StoreWriter(store: reopened, committed: { first.committed })
    let second = try fixture.write(values, schema: schema, writer: writer)
    #expect(second.counters.damagedChunks > 0 && second.counters.duplicateChunks + second.counters.damagedChunks == second.counters.chunks)
    let third = try fixture.write(values, schema: schema, writer: writer)
    #expect(third.counters.damagedChunks == 0 && third.counters.duplicateChunks == third.counters.chunks)
    reopened.dropCaches()
    #expect(throws: Never.self) { try reopened.checkIntact(intermediate: second.intermediates[0]) }
    #expect { try reopened.checkIntact(intermediate: first.intermediates[0]) } throws: { ($0 as? StoreError)?.code == .corrupt }
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
}
