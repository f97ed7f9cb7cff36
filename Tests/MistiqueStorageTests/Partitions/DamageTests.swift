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
    newer[8] = 4
    let mutant = fixture.folder.path + "/newer.mqp"
    try Data(newer).write(to: URL(fileURLWithPath: mutant))
    #expect { try PartitionFile(path: mutant) } throws: {
      ($0 as? StoreError)?.code == .unsupportedVersion && "\($0)".contains("format version 4")
    }
  }

  @Test("A missing partition is one clear error")
  func missingPartition() throws {
    let (fixture, path, _) = try makePartition(codec: .zstd())
    try FileManager.default.removeItem(atPath: path)
    #expect { try PartitionFile(path: path) } throws: { ($0 as? StoreError)?.code == .notFound && "\($0)".contains(path) }
    _ = fixture
  }
}
