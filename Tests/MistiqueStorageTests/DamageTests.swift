import Foundation
import MistiqueStorage
import TestSupport
import Testing

@Suite struct DamageTests {
  /// A partition with shared frames, sliced frames and records.
  private func makePartition(codec: Codec) throws -> (fixture: StoreFixture, path: String, bytes: [UInt8]) {
    let fixture = try StoreFixture { $0.layout.slicedFrameBytes = 1 << 10 }
    let frame = DataFrame(
      rowIDs: .first(300),
      columns: [
        ("wide", Column(.float64((0..<300).map { Double($0) }))), ("text", Column(.text(TextValues((0..<300).map { "v\($0 % 7)" })))),
      ])
    let commit = try fixture.write(frame, writer: try fixture.writer(), codec: codec)
    let path = PartitionPath.file(commit.partitions[0].id, in: fixture.store.partitionsDirectory)
    return (fixture, path, [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  @Test("Every flipped bit of a partition is found", arguments: [Codec.automatic, .none, .gzip(), .zstd()])
  func flippedBits(codec: Codec) throws {
    let (fixture, path, bytes) = try makePartition(codec: codec)
    try PartitionFile(path: path).verify()
    let mutant = fixture.folder.path + "/mutant.mqp"
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(position % 8)
      try Data(damaged).write(to: URL(fileURLWithPath: mutant))
      #expect(throws: StoreError.self, "byte \(position)") { try PartitionFile(path: mutant).verify() }
    }
  }

  @Test("Every truncation of a partition is found")
  func truncations() throws {
    let (fixture, path, bytes) = try makePartition(codec: .zstd())
    _ = path
    let mutant = fixture.folder.path + "/mutant.mqp"
    for length in 0..<bytes.count {
      try Data(bytes[..<length]).write(to: URL(fileURLWithPath: mutant))
      #expect(throws: StoreError.self, "\(length) bytes") { try PartitionFile(path: mutant).verify() }
    }
  }

  @Test("A newer format is refused with its version")
  func newerVersion() throws {
    let (fixture, _, bytes) = try makePartition(codec: .zstd())
    var newer = bytes
    newer[8] = 3
    let mutant = fixture.folder.path + "/newer.mqp"
    try Data(newer).write(to: URL(fileURLWithPath: mutant))
    #expect { try PartitionFile(path: mutant) } throws: {
      ($0 as? StoreError)?.code == .unsupportedVersion && "\($0)".contains("format version 3")
    }
  }

  @Test("A missing partition is one clear error")
  func missingPartition() throws {
    let (fixture, path, _) = try makePartition(codec: .zstd())
    try FileManager.default.removeItem(atPath: path)
    #expect { try PartitionFile(path: path) } throws: { ($0 as? StoreError)?.code == .notFound && "\($0)".contains(path) }
    _ = fixture
  }

  @Test("Manifests that lie are errors, not crashes", arguments: 0..<200 as Range<UInt64>)
  func hostileManifests(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let reference = ChunkReference(partition: PartitionID(Fingerprint(low: 1, high: 2)), index: 3)
    let column = ColumnManifest(
      type: .float32, width: 16, rows: 2500, rowsPerBlock: 1000, chunks: [reference, reference, reference],
      statistics: Array(repeating: ChunkStatistics(lowest: -1, highest: 2, missing: 0, hasNaN: false), count: 3))
    let whole = IntermediateManifest(
      schema: .maps(channels: 4, height: 2, width: 2), rows: 10, rowsPerBlock: 5, rowIDs: .column(reference), codebook: reference,
      runs: [reference])
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

  @Test("A full disk is said as such and leaves no file behind")
  func diskFull() throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let bytes = [UInt8](repeating: 7, count: 1 << 20)
    #expect {
      try bytes.withUnsafeBytes { try DurableFile.writeAll($0, to: full, path: "/dev/full") }
    } throws: {
      ($0 as? StoreError)?.code == .diskFull && "\($0)".contains("Free space")
    }
  }
}
