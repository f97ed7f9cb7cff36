import Foundation
import TestSupport
import Testing

@testable import MistiqueStorage

/// Small partition files with bytes that nobody wrote, opened and read by themselves: a hundred times as fast as `MutationTests`, which asks
/// a whole store. `MISTIQUE_FUZZ_PARTITIONS` says how many.
@Suite struct PartitionFuzzTests {
  @Test("A mutated partition file is refused as damaged, or every frame of it is read")
  func mutated() throws {
    let originals = try Self.originals()
    let scratch = ScratchFile("partitions", name: "case.mqp")
    let path = scratch.url.path
    let mutations = ByteMutations(tokens: [[0xff, 0xff, 0xff, 0xff, 0x07], [0x80], Array("MQP".utf8)])
    let report = TortureRun("partitions", TortureSettings("MISTIQUE_FUZZ_PARTITIONS", small: 10_000)).run { _, random in
      let original = originals[Int(random.next() % UInt64(originals.count))]
      var bytes = original.original
      var isConsistent = false
      switch random.next() % 16 {
      case 0: break
      case 1...6: mutations.mutate(&bytes, &random)
      default:
        let mutant = try original.mutant(&random)
        (bytes, isConsistent) = (mutant.bytes, mutant.isConsistent)
      }
      scratch.write(bytes)
      do {
        let file = try PartitionFile(path: path)
        try Self.readAll(file)
        guard bytes == original.original || isConsistent else { throw BrokenProperty("changed bytes are read, all of them: \(bytes)") }
        return bytes == original.original ? "unchanged" : "read"
      } catch let error as StoreError where error.code == .corrupt || error.code == .unsupportedVersion {
        guard bytes != original.original else { throw BrokenProperty("an unchanged file is refused: \(error)") }
        return "refused"
      } catch is Changed {
        return "refused when read"
      }
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["unchanged", "read", "refused"]))
  }

  /// A file that could be opened, and something in it not.
  private struct Changed: Error {}

  private static func readAll(_ file: PartitionFile) throws {
    do {
      for chunk in file.footer.chunks where chunk.payloadBytes < 1 << 20 { _ = try file.payload(of: chunk, counters: ReadCounters()) }
      for frame in file.footer.frames.indices where file.rawBytes(ofFrame: frame) < 1 << 20 {
        _ = try file.frame(frame, counters: ReadCounters())
      }
      _ = try file.sizeOnDisk()
    } catch let error as StoreError where error.code == .corrupt {
      throw Changed()
    }
  }

  /// Files of one small intermediate each, of every kind of frame.
  private static func originals() throws -> [PartitionMutator] {
    func small() throws -> StoreFixture {
      try StoreFixture {
        $0.rowsPerBlock = 8
        $0.layout.slicedFrameBytes = 64
        $0.layout.sharedFrameBytes = 128
      }
    }
    var partitions: [PartitionMutator] = []
    for (codec, scheme) in [
      (Codec.automatic, QuantizationScheme.none), (.none, .none), (.gzip(), .none), (.zstd(), .kbit(3)), (.automatic, .lp16),
    ] {
      let maps = try small()
      let commit = try maps.write(
        activations(12 * 8, seed: 3), schema: .maps(channels: 2, height: 2, width: 2), writer: try maps.writer(), codec: codec,
        scheme: scheme)
      let frame = DataFrame(
        rowIDs: .list((0..<12).map { Int64($0 * $0) }),
        columns: [
          ("n", Column(.float64((0..<12).map { Double($0 % 5) / 4 }))), ("i", Column(.int64((0..<12).map { Int64($0 * 3) }))),
          ("t", Column(.text(TextValues((0..<12).map { String(repeating: "é", count: $0 % 3) })))),
        ])
      let columns = try small()
      let other = try columns.write(frame, writer: try columns.writer(), codec: codec, scheme: scheme)
      for (fixture, commit) in [(maps, commit), (columns, other)] {
        for sealed in commit.partitions {
          let path = PartitionPath.file(sealed.id, in: fixture.store.partitionsDirectory)
          partitions.append(try PartitionMutator([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))))
        }
      }
    }
    return partitions
  }
}
