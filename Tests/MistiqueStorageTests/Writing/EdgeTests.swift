import Dispatch
import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// How much memory writing takes where there is much of everything.
@Suite(.serialized) struct EdgeTests {
  /// Tests that look at the whole process's memory: only where nothing else runs in it, as in `make torture`.
  private static let measuresMemory = ProcessInfo.processInfo.environment["MISTIQUE_MEMORY_TESTS"] != nil

  private static var residentMegabytes: Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")[1]
    return ((pages.flatMap { Int($0) } ?? 0) * Int(getpagesize())) >> 20
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
}
