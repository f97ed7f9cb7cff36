import Foundation
import Mistique
import TestSupport
import Testing

@Suite struct MeasuringTests {
  private let names = ["a", "b", "c"].map { ModelIdentity(project: "t", name: $0) }

  private func log(into store: IntermediateStore, _ policy: StoragePolicy) throws -> [LoggingReport] {
    try zip(names, [2.0, 2.0, 5.0]).map {
      try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: Float($1)), as: $0, policy: policy)
    }
  }

  @Test(
    "A store that only measures counts the bytes and chunks of one that keeps its partitions, and writes none",
    arguments: [
      StoragePolicy.storeAll, .dedup, .dedup.quantized(.kbit(8)), .storeAll.quantized(.pool(2)), StoragePolicy(.storeAll, codec: .gzip()),
      .dedup.quantized(.bound(.keeping(neighbours: 0.9))),
    ])
  func equalCounts(policy: StoragePolicy) throws {
    let (kept, counted) = (TemporaryDirectory("kept"), TemporaryDirectory("counted"))
    let keeping = try IntermediateStore(at: kept.url)
    var options = StoreOptions()
    options.keepsPartitions = false
    let measuring = try IntermediateStore(at: counted.url, options: options)
    let (a, b) = (try log(into: keeping, policy), try log(into: measuring, policy))
    #expect(a.map(\.chunks) == b.map(\.chunks))
    #expect(a.map(\.duplicateChunks) == b.map(\.duplicateChunks))
    // Names of partitions lie in the manifests, and a name is as compressible as chance has it.
    for (kept, counted) in zip(a, b) { #expect(abs(kept.storedBytes - counted.storedBytes) <= 64 + kept.storedBytes / 500) }
    #expect(b[0].storedBytes > 1000)
    #expect(counted.files().keys.allSatisfy { !$0.hasSuffix(".mqp") })
  }

  @Test("A store that only measures answers no question, cannot be opened again, and takes no folder that holds a store")
  func refusals() throws {
    let folder = TemporaryDirectory("counted")
    var options = StoreOptions()
    options.keepsPartitions = false
    let measuring = try IntermediateStore(at: folder.url, options: options)
    _ = try log(into: measuring, .dedup)
    func code(_ body: () throws -> Void) -> StoreError.Code? {
      do { try body() } catch let error as StoreError { return error.code } catch { return nil }
      return nil
    }
    #expect(code { _ = try measuring.getIntermediates(["t.a.layer1.*"]) } == .measuredOnly)
    try measuring.close()
    // What it has counted went with its writer.
    let next = ModelIdentity(project: "t", name: "next")
    #expect(code { _ = try measuring.logIntermediates(of: ToyNetwork(rows: 10, weight: 5), as: next) } == .measuredOnly)
    #expect(code { _ = try IntermediateStore(at: folder.url) } == .measuredOnly)
    let other = TemporaryDirectory("kept")
    _ = try log(into: try IntermediateStore(at: other.url), .dedup)
    #expect(code { _ = try IntermediateStore(at: other.url, options: options) } == .measuredOnly)
  }
}
