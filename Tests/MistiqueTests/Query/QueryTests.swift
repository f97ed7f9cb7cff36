import Foundation
import TestSupport
import Testing

@testable import Mistique

@Suite struct QueryTests {
  let folder = TemporaryDirectory("queries")
  let store: IntermediateStore
  let network = ModelIdentity(project: "t", name: "net")
  let pipeline = ModelIdentity(project: "t", name: "pipe")

  init() throws {
    store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 300, weight: 2), as: network)
    try store.logIntermediates(of: ToyPipeline(shift: 1), as: pipeline)
  }

  @Test("A map is asked for by its channel, a value by its place, everything by *")
  func columns() throws {
    let map = try store.getIntermediates(["t.net.layer1.n2"], rows: .ids([5]))[0]
    #expect(map.columnNames == ["n2_0_0", "n2_0_1", "n2_0_2", "n2_1_0", "n2_1_1", "n2_1_2"])
    #expect(map.matrix?.row(0) == (12..<18).map { ToyNetwork.value(layer: 1, row: 5, column: $0, weight: 2) })
    let all = try store.getIntermediates(["t.net.layer1.*"])[0]
    #expect(all.matrix?.columns == 24 && all.matrix?.rows == 300)
  }

  @Test("Keys of one intermediate are answered together, in order of columns")
  func grouped() throws {
    let results = try store.getIntermediates(["t.pipe.table.city", "t.net.layer0.n0", "t.pipe.table.price"], rows: .ids([3]))
    #expect(results.map(\.intermediate) == ["table", "layer0"])
    #expect(results[0].frame?.names == ["price", "city"])
  }

  @Test("Rows come in the intermediate's order under their row_id, and survive the filter of a stage")
  func rowIDs() throws {
    let result = try store.getIntermediates(["t.pipe.`kept rows`.price"], rows: .ids([2000, 4, 100]))[0]
    #expect(result.rowIDs == .list([4, 100, 2000]))
    #expect(result.frame?["price"]?.doubles == [7, 151, 3001])
  }

  @Test("A row that a stage dropped, or that never was, is named in the error", arguments: [QueryPlan.Preference.read, .rerun])
  func missingRow(plan: QueryPlan.Preference) {
    for (key, id) in [("t.pipe.`kept rows`.price", 3), ("t.net.layer1.n0", 300), ("t.net.layer1.n0", -1)] as [(String, Int64)] {
      #expect { try store.getIntermediates([key], rows: .ids([1, id]), plan: plan) } throws: {
        ($0 as? StoreError)?.code == .missingRow && "\($0)".contains("row_id \(id)")
      }
    }
  }

  @Test(
    "Unknown names are answered with the names there are",
    arguments: [
      ("t.nte.layer1.n0", "t.net"), ("t.net.layer9.n0", "layer0, layer1, layer2"), ("t.net.layer1.n4", "n0_0_0"),
      ("t.net.layer1.n0_0_3", "n0_0_0"), ("t.pipe.table.prize", "price, city"),
    ])
  func unknownNames(key: String, hint: String) {
    #expect { try store.getIntermediates([key]) } throws: { ($0 as? StoreError)?.code == .notFound && "\($0)".contains(hint) }
  }

  @Test("The plan is the one that was predicted to be faster, and both predictions are kept")
  func plan() throws {
    let result = try store.getIntermediates(["t.net.layer2.n0"], rows: .ids([1]))[0]
    let read = try #require(result.plan.predictedReadSeconds)
    let rerun = try #require(result.plan.predictedRerunSeconds)
    #expect((result.plan.choice == .read) == (rerun >= read))
    #expect(result.plan.predictedSeconds == min(read, rerun) && result.cost.seconds > 0 && result.isExact)
    #expect(result.plan.alternatives.first { $0.choice == .read }?.frames == 1)
    // The toy claims 10 ms for each stage of 19 batches: one batch of three stages, and what restoring took.
    #expect(rerun >= 3 * 0.01 / 19)
    #expect(rerun < 3 * 0.01 / 19 + 0.5)
  }

  @Test("A question counts for its intermediate and is not lost when the store is closed")
  func countsQueries() throws {
    for _ in 0..<3 { _ = try store.getIntermediates(["t.net.layer2.n0"], rows: .ids([1])) }
    try store.close()
    let reopened = try IntermediateStore.withToys(at: folder.url)
    #expect(try reopened.intermediates(of: network).map(\.queries) == [0, 0, 3])
  }

  @Test("A damaged partition is an error with the file's name, never a wrong value")
  func damage() throws {
    for (file, size) in folder.files() where file.hasSuffix(".mqp") && size > 4000 {
      let url = folder.url.appendingPathComponent(file)
      var bytes = try Data(contentsOf: url)
      bytes[40] ^= 0x10
      try bytes.write(to: url)
    }
    store.dropCaches()
    #expect { try store.getIntermediates(["t.net.layer2.*"], plan: .read) } throws: {
      ($0 as? StoreError)?.code == .corrupt && "\($0)".contains(".mqp")
    }
  }

  @Test("A model that is deleted between the look-up and the read says so, whatever is asked")
  func deletedMeanwhile() throws {
    let opened = store.opened
    let question = try opened.question(try IntermediateKey("t.net.layer2.*"), rows: .all)
    let reader = ChunkReader(opened: opened)
    try store.delete(network)
    store.dropCaches()
    try opened.whileReading { hold in
      for ask: () throws -> Void in [
        { _ = try reader.answer([question], preference: .read, hold) },
        { _ = try reader.explain(question, preference: .automatic) },
        { _ = try reader.explaining(question) { try reader.bounds(of: question) } },
      ] {
        #expect { try ask() } throws: { ($0 as? StoreError)?.code == .notFound && "\($0)".contains("was deleted while it was read") }
      }
    }
  }

  @Test("A catalogue that is not SQLite is one clear error")
  func damagedCatalogue() throws {
    let other = TemporaryDirectory("damaged")
    try Data(repeating: 7, count: 5000).write(to: other.url.appendingPathComponent("catalog.sqlite"))
    #expect { try IntermediateStore(at: other.url) } throws: {
      ($0 as? StoreError)?.code == .catalogue && "\($0)".contains("catalog.sqlite")
    }
  }

  @Test("Rows are found by a column's value, and what cannot be searched says why")
  func findRows() throws {
    let folder = TemporaryDirectory("search")
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: ModelIdentity(project: "t", name: "net"))
    let values = try store.getIntermediates(["t.net.layer1.n2_0_1"], plan: .read)[0].matrix!.column(0)
    let found = try store.findRows("t.net.layer1.n2_0_1", in: 1.9...2)
    #expect(found.rowIDs.array == values.indices.filter { (1.9...2).contains(Double(values[$0])) }.map(Int64.init))
    #expect(found.rowIDs.count > 0 && found.bytesRead > 0)
    let none = try store.findRows("t.net.layer1.n2_0_1", in: 50...60)
    #expect(none.rowIDs.count == 0 && none.skippedChunks == none.chunks && none.bytesRead == 0)
    #expect { try store.findRows("t.net.layer1.*", in: 0...1) } throws: { ($0 as? StoreError)?.code == .invalid }
    try store.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: ModelIdentity(project: "t", name: "bare"), policy: .none)
    #expect { try store.findRows("t.bare.layer1.n0_0_0", in: 0...1) } throws: { ($0 as? StoreError)?.code == .cannotPlan }
  }
}
