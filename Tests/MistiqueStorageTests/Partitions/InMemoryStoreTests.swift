import TestSupport
import Testing

@testable import MistiqueStorage

@Suite struct InMemoryStoreTests {
  /// Chunks of 64 KB for several groups in turn.
  private func fill(_ writer: StoreWriter, groups: Int, rounds: Int) throws -> [String: [ChunkLocation]] {
    var locations: [String: [ChunkLocation]] = [:]
    for round in 0..<rounds {
      for group in 0..<groups {
        let values = activations(16_384, seed: UInt64(round * groups + group))
        let payload = BufferSlice(copying: values.withUnsafeBytes { Array($0) })
        let chunk = ColumnChunk(shape: ColumnChunkShape(type: .values(.float32), rows: 1024, width: 16), payload: payload)
        locations["g\(group)", default: []].append(
          try writer.store(chunk, group: "g\(group)", options: .init(deduplicates: true, codec: .automatic)).location)
      }
    }
    return locations
  }

  @Test("Open partitions never take more than the budget and one chunk; the largest goes first")
  func budget() throws {
    let fixture = try StoreFixture {
      $0.budgetBytes = 1 << 20
      $0.partitionBytes = 4 << 20
    }
    let writer = try fixture.writer()
    _ = try fill(writer, groups: 8, rounds: 10)
    let statistics = writer.poolStatistics
    #expect(statistics.peakOpenBytes <= (1 << 20) + (64 << 10))
    #expect(statistics.evicted > 0 && statistics.sealedFull == 0)
  }

  @Test("A pinned group's partition stays while another can go, and the budget holds all the same")
  func pinning() throws {
    let fixture = try StoreFixture {
      $0.budgetBytes = 1 << 20
      $0.partitionBytes = 64 << 20
    }
    let writer = try fixture.writer()
    writer.pin(group: "g0")
    let locations = try fill(writer, groups: 4, rounds: 10)
    // 10 chunks of 64 KB of one group are 640 KB: they fit the budget, so that only the others were evicted.
    #expect(Set(locations["g0"]!.map(\.partition)).count == 1)
    #expect(Set(locations["g1"]!.map(\.partition)).count > 1)
    for group in 1..<4 { writer.pin(group: "g\(group)") }
    _ = try fill(writer, groups: 4, rounds: 20)
    #expect(writer.poolStatistics.peakOpenBytes <= (1 << 20) + (64 << 10), "when all are pinned, one of them goes")
  }
}
