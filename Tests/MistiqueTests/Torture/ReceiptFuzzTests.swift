import Foundation
import TestSupport
import Testing

import MistiqueStorage
@testable import Mistique

/// Receipts with bytes that nobody wrote: refused by the decoder, or of a model whose every part can be asked for.
/// `MISTIQUE_FUZZ_RECEIPTS` says how many.
@Suite("Random receipts")
struct ReceiptFuzzTests {
  private static let mutations = ByteMutations(tokens: [
    "null", "true", "{}", "[]", "\"\"", "-1", "1e400", "1.5", "9223372036854775807", "9223372036854775808", "NaN", "\"adaptive\"",
    "\"DEDUP\"",
    "\"gamma\":", "\"gamma\":1,", "\\u0000", "\\ud800", "\"bits\":100", "\"quantile\":2", "{\"full\":{}}", "\"partition\":\"00\"", ",", ":",
    "[",
  ])

  @Test("A mutated receipt is refused, or says what it says twice")
  func mutated() throws {
    let report = TortureRun("receipts", TortureSettings("MISTIQUE_FUZZ_RECEIPTS", small: 3_000)).run { _, random in
      let model = Self.model(&random)
      var bytes = try model.encoded()
      if random.next() % 8 == 0 {
        guard try JSONDecoder().decode(ModelReceipt.self, from: Data(bytes)) == model else {
          throw BrokenProperty("\(model) does not come back")
        }
        return "came back"
      }
      Self.mutations.mutate(&bytes, &random)
      let decoded: ModelReceipt
      do { decoded = try JSONDecoder().decode(ModelReceipt.self, from: Data(bytes)) } catch is DecodingError { return "refused" }
      try Self.askEverything(decoded)
      guard let again = try? decoded.encoded(), try JSONDecoder().decode(ModelReceipt.self, from: Data(again)) == decoded else {
        throw BrokenProperty("\(String(decoding: bytes, as: UTF8.self)) is a receipt and cannot be written again")
      }
      return "a receipt"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["came back", "refused", "a receipt"]))
  }

  private static func askEverything(_ model: ModelReceipt) throws {
    func attempt(_ body: () throws -> Void) throws {
      do { try body() } catch is StoreError {}
    }
    for intermediate in model.intermediates { if let manifest = intermediate.manifest { try attempt { _ = try manifest.chunk() } } }
    for transformer in model.transformers { try attempt { _ = try transformer.blob.chunk() } }
    _ = (model.policy.description, model.policy.storesWhenLogged, model.identity.description)
    try attempt { try model.policy.quantization.validate() }
    let manifest = ChunkReference(partition: PartitionID(Fingerprint(low: 1, high: 2)), index: 0)
    _ = model.replacing(model.intermediates.map { $0.storing(manifest, newBytes: 4, shape: $0.shape, partial: $0.partial) })
    let graph = StageGraph(model.stages)
    for intermediate in model.intermediates {
      _ = (graph.stages(for: [intermediate.name]), graph.ancestors(of: intermediate.name))
      if let partial = intermediate.partial { _ = (partial.columns.map(partial.schema.columnName), partial.places(of: [0..<3])) }
    }
  }

  private static func model(_ random: inout SeededRandom) -> ModelReceipt {
    func number(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    func reference() -> ModelReceipt.Reference {
      ModelReceipt.Reference(
        ChunkReference(partition: PartitionID(Fingerprint(low: random.next(), high: random.next())), index: number(300)))
    }
    let policies: [StoragePolicy] = [
      .none, .storeAll, .dedup, try! .adaptive(gamma: 0.5), .dedup.quantized(.pool(2).then(.kbit(8))), .storeAll.quantized(.threshold(0.5)),
      StoragePolicy(.dedup, codec: .gzip(), similarity: .everywhere), StoragePolicy(.dedup, codec: .zstd(level: 9)),
      try! .budget(bytes: 5_000_000),
    ]
    let names = ["layer1", "é\u{0}", "a.b", "", "`"]
    func lineage() -> Lineage? {
      guard number(2) == 0 else { return nil }
      var recipe = LineageRecipe("receipt")
      recipe.add(number: number(1 << 40))
      return recipe.lineage
    }
    return ModelReceipt(
      sequence: Int64(bitPattern: random.next()), identity: ModelIdentity(project: names[number(5)], name: names[number(5)]), kind: "toy",
      specification: names[number(5)], policy: policies[number(9)],
      stages: (0..<number(3)).map {
        Stage(name: "s\($0)", inputs: Array(0..<$0), outputs: ["o\($0)"], reads: $0 == 0 ? nil : ["o0", "layer1"])
      },
      intermediates: (0..<number(4)).map { place in
        ModelReceipt.Intermediate(
          name: "layer\(place)", stage: place, rows: number(1000), columns: number(100), logicalBytes: number(1 << 40), newBytes: number(9),
          manifest: number(2) == 0 ? nil : reference(),
          partial: number(3) == 0
            ? .init(schema: .columns([.init(name: "a", type: .int64), .init(name: "b", type: .text)]), columns: [1]) : nil,
          lineage: lineage())
      },
      transformers: (0..<number(3)).map { ModelReceipt.TransformerReference(name: names[$0], blob: reference(), lineage: lineage()) },
      revision: number(2) == 0 ? nil : number(9))
  }
}
