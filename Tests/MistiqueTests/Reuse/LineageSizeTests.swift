import Foundation
import TestSupport
import Testing

@testable import Mistique

/// What lineages add to a store: the same models are logged with them and, as the paper has it, without.
@Suite("Lineages are small beside what is stored") struct LineageSizeTests {
  private struct Added {
    let intermediates: Int
    let catalogBytes: Int
    /// The receipts', as they are compressed.
    let partitionBytes: Int
    /// Everything that the store without them takes.
    let storedBytes: Int
  }

  private static let pageBytes = 4_096

  private static func added(models: Int, steps: Int, rows: Int) throws -> Added {
    let folder = TemporaryDirectory.fast("lineage-size")
    defer { try? FileManager.default.removeItem(at: folder.url) }
    let sizes = try [StoragePolicy.dedup, .dedup.asInPaper].enumerated().map { place, policy -> StorageSummary in
      let store = try IntermediateStore(at: folder.url.appendingPathComponent("\(place)"))
      defer { try? store.close() }
      for model in 0..<models {
        // Layers of twelve columns, no two alike: with other numbers they would have fewer.
        let parameters = (0..<steps).map { 5 + 6 * (model * steps + $0) }
        let identity = ModelIdentity(project: "t", name: "m\(model)")
        let report = try store.logIntermediates(of: RecipeModel(.chain(parameters, rows: rows)), as: identity, policy: policy)
        #expect(report.reused.isEmpty)
      }
      return try store.storage()
    }
    return Added(
      intermediates: models * steps, catalogBytes: sizes[0].catalogBytes - sizes[1].catalogBytes,
      partitionBytes: sizes[0].partitionBytes - sizes[1].partitionBytes, storedBytes: sizes[1].storedBytes)
  }

  @Test("In the catalogue at most 72 bytes an intermediate, in the receipts at most 48, however little is stored of it")
  func bytesPerIntermediate() throws {
    let added = try Self.added(models: 50, steps: 12, rows: 2)
    // 16 bytes in the row, whose pages are nearly full. In the index 25: 16, a number of three bytes, three bytes of header, the cell's length and its two
    // bytes of place. Lineages come in no order, so that a page of the index may be half full: 50. A page more or less for where the file ends.
    let catalog = 72 * added.intermediates + 2 * Self.pageBytes
    #expect((16 * added.intermediates...catalog).contains(added.catalogBytes), "\(added)")
    // "lineage":"...", with 32 digits, before compression; names of partitions are as compressible as chance has it.
    #expect((0...48 * added.intermediates + Self.pageBytes).contains(added.partitionBytes), "\(added)")
  }

  @Test("Under 1 % of a store of layers of 48 KB, pages that are not full and receipts included")
  func share() throws {
    let added = try Self.added(models: 6, steps: 8, rows: 1_000)
    #expect(added.catalogBytes + added.partitionBytes > 0, "\(added)")
    #expect(100 * (added.catalogBytes + added.partitionBytes) < added.storedBytes, "\(added)")
  }
}
