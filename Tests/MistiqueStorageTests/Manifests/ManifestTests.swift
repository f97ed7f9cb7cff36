import MistiqueStorage
import TestSupport
import Testing

@Suite struct ManifestTests {
  @Test("Manifests that lie are errors, not crashes", arguments: 0..<200 as Range<UInt64>)
  func hostileManifests(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let reference = ChunkReference(partition: PartitionID(Fingerprint(low: 1, high: 2)), index: 3)
    let column = ColumnManifest(
      type: .float32, width: 16, rows: 2500, rowsPerBlock: 1000, chunks: [reference, reference, reference],
      statistics: Array(repeating: ChunkStatistics(lowest: -1, highest: 2, missing: 0, hasNaN: false), count: 3))
    let whole = IntermediateManifest(
      schema: .maps(channels: 4, height: 2, width: 2), rows: 10, rowsPerBlock: 5, rowIDs: .column(reference), codebook: reference,
      spans: [reference])
    #expect(try ColumnManifest(decoding: column.encoded, place: "test") == column)
    #expect(try IntermediateManifest(decoding: try whole.encoded(), place: "test") == whole)
    for bytes in [column.encoded, try whole.encoded()] {
      for _ in 0..<20 {
        var mutant = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          mutant[Int.random(in: 0..<mutant.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if Bool.random(using: &random) { mutant.removeLast(Int.random(in: 0..<mutant.count, using: &random)) }
        // Either it is refused, or it still is a manifest that makes sense.
        if let decoded = try? ColumnManifest(decoding: mutant, place: "test") {
          #expect(decoded.chunks.count * decoded.rowsPerBlock >= decoded.rows)
        }
        _ = try? IntermediateManifest(decoding: mutant, place: "test")
      }
    }
  }
}
