import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// Questions within a bound, and residuals that were given back.
@Suite struct DemotionTests {
  private let folder = TemporaryDirectory("demotion")
  private static let bound = QuantizationScheme.ErrorBound.absolute(0.05)
  private static let policy = StoragePolicy.ladder(bound)

  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }
  private static func key(_ model: String, _ layer: Int) -> String { "t.\(model).layer\(layer).*" }

  private func logged(_ policy: StoragePolicy = policy, _ names: [String] = ["a"], at name: String = "store") throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent(name))
    for model in names { try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity(model), policy: policy) }
    return store
  }

  private func values(_ result: IntermediateResult) throws -> [Float] { try #require(result.matrix).withValues { Array($0) } }

  /// What the model emits of a layer.
  private func emitted(_ layer: Int, rows: [Int64] = Array(0..<3000)) -> [Float] {
    rows.flatMap { row in (0..<24).map { ToyNetwork.value(layer: layer, row: row, column: $0, weight: 2) } }
  }

  private func greatest(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) } }

  @Test("The fewest rungs are read that satisfy a bound, and the answer says which bound it has")
  func within() throws {
    let store = try logged()
    let exact = try store.getIntermediates([Self.key("a", 1)], plan: .read)[0]
    #expect(try exact.isExact && exact.errorBound == 0 && values(exact) == emitted(1))
    let near = try store.getIntermediates([Self.key("a", 1)], plan: .read, within: .absolute(0.05))[0]
    #expect(!near.isExact && near.errorBound == 0.05 && near.cost.bytesRead * 2 < exact.cost.bytesRead)
    let error = try greatest(values(near), emitted(1))
    #expect(error > 0 && error <= 0.05)
    for narrow in [QuantizationScheme.ErrorBound.absolute(0.049), .relative(1)] {
      let whole = try store.getIntermediates([Self.key("a", 1)], plan: .read, within: narrow)[0]
      #expect(whole.isExact, "what is not known to be within \(narrow) is not taken for it")
    }
    let some = try store.getIntermediates(["t.a.layer2.n1_0_2"], rows: .ids([7, 2999, 40]), plan: .read, within: .absolute(1))[0]
    #expect(some.matrix?.rows == 3 && some.errorBound == 0.05)
    let plan = try store.explain([Self.key("a", 1)], accuracy: .within(.absolute(0.1)))[0]
    #expect(plan.alternatives.first { $0.choice == .read }?.errorBound == 0.05)
  }

  @Test("What is stored otherwise is read where its scheme promises the bound, and else re-run")
  func otherSchemes() throws {
    let bounded = try logged(.dedup.quantized(.bound(.absolute(0.05))), at: "bound")
    #expect(try bounded.getIntermediates([Self.key("a", 2)], plan: .read, within: .absolute(0.05))[0].errorBound == 0.05)
    let rerun = try bounded.getIntermediates([Self.key("a", 2)], within: .absolute(0.01))[0]
    #expect(try rerun.plan.choice == .rerun && values(rerun) == emitted(2))
    #expect { try bounded.getIntermediates([Self.key("a", 2)], plan: .read, within: .absolute(0.01)) } throws: {
      ($0 as? StoreError)?.code == .cannotPlan
    }
    let coded = try logged(.dedup.quantized(.kbit(8)), at: "kbit")
    #expect(try coded.getIntermediates([Self.key("a", 2)], within: .absolute(100))[0].isExact, "nobody knows how near quantile bins are")
    let full = try logged(.dedup, at: "full")
    #expect(try full.getIntermediates([Self.key("a", 2)], plan: .read, within: .absolute(1e-9))[0].isExact)
    let relative = try logged(.dedup.quantized(.ladder(.relative(0.1))), at: "relative")
    let near = try relative.getIntermediates([Self.key("a", 2)], plan: .read, within: .relative(0.1))[0]
    #expect(!near.isExact && near.errorBound! > 0)
    #expect(try relative.getIntermediates([Self.key("a", 2)], plan: .read, within: .relative(0.09))[0].isExact)
    #expect(
      try relative.getIntermediates([Self.key("a", 2)], plan: .read, within: .absolute(near.errorBound!))[0].errorBound == near.errorBound)
  }

  @Test("Named columns are read where their scheme promises the bound: each has its own, and what is not quantized has none")
  func namedColumns() throws {
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent("named"))
    let model = ToyPipeline(shift: 0.1)
    try store.logIntermediates(of: model, as: Self.identity("a"), policy: .dedup.quantized(.bound(.absolute(0.3))))
    try store.logIntermediates(of: model, as: Self.identity("b"), policy: .dedup.quantized(.bound(.relative(0.01))))
    let near = try store.getIntermediates(["t.a.`kept rows`.*"], plan: .read, within: .absolute(0.3))[0]
    #expect(!near.isExact && near.errorBound == 0.3)
    let prices = try #require(near.frame?["price"]?.doubles)
    let error = zip(near.rowIDs.array, prices).map { abs($1 - (Double($0) * 1.5 + 0.1)) }.max()!
    #expect(error > 0 && error <= 0.3)
    #expect(try store.getIntermediates(["t.a.`kept rows`.price"], within: .absolute(0.29))[0].plan.choice == .rerun)
    // Texts are stored as they are.
    #expect(try store.getIntermediates(["t.a.`kept rows`.city"], plan: .read, within: .absolute(1e-9))[0].errorBound == 0)
    let relative = try store.getIntermediates(["t.b.`kept rows`.price"], plan: .read, within: .relative(0.01))[0]
    #expect(try !relative.isExact && #require(relative.errorBound) > 0)
    #expect(try store.getIntermediates(["t.b.`kept rows`.price"], within: .relative(0.009))[0].plan.choice == .rerun)
    #expect(try store.getIntermediates(["t.b.`kept rows`.city"], plan: .read, within: .relative(0.009))[0].errorBound == 0)
  }

  @Test("A residual that is given back frees its bytes; what wants more than the base is re-run, or told that it cannot be")
  func demotion() throws {
    var store = try logged()
    let before = try store.storage().partitionBytes
    #expect { try store.demote("layer1", of: Self.identity("a"), to: .absolute(0.01)) } throws: { ($0 as? StoreError)?.code == .invalid }
    let freed = try store.demote("layer1", of: Self.identity("a"), to: .absolute(0.05))
    #expect(try freed.bytes > 0 && store.storage().partitionBytes < before)
    #expect(try store.demote("layer1", of: Self.identity("a"), to: Self.bound).bytes == 0, "twice gives nothing back")
    for _ in 0..<2 {
      let near = try store.getIntermediates([Self.key("a", 1)], plan: .read, within: Self.bound)[0]
      #expect(try near.errorBound == 0.05 && greatest(values(near), emitted(1)) <= 0.05)
      let exact = try store.getIntermediates([Self.key("a", 1)])[0]
      #expect(try exact.plan.choice == .rerun && exact.isExact && values(exact) == emitted(1))
      #expect { try store.getIntermediates([Self.key("a", 1)], plan: .read) } throws: {
        ($0 as? StoreError)?.what.contains("given back") == true
      }
      #expect(try store.getIntermediates([Self.key("a", 2)], plan: .read)[0].isExact, "the others are as they were")
      let report = try store.verify()
      #expect(report.isIntact && report.demotedFrames > 0, "\(report.problems)")
      try store.close()
      store = try IntermediateStore.withToys(at: store.directory)
    }
    try store.close()
    let repaired = try IntermediateStore.repair(at: store.directory)
    #expect(repaired.lost.isEmpty)
    let without = try IntermediateStore(at: store.directory)
    #expect(try greatest(values(without.getIntermediates([Self.key("a", 1)], within: Self.bound)[0]), emitted(1)) <= 0.05)
    #expect { try without.getIntermediates([Self.key("a", 1)]) } throws: {
      let error = $0 as? StoreError
      return error?.code == .cannotPlan && error?.what.contains("given back") == true
    }
    #expect(try without.verify().isIntact)
  }

  @Test("What others share keeps its residual until nobody needs it, and a new model never refers to what has lost it")
  func shared() throws {
    let store = try logged(Self.policy, ["a", "b"])
    let first = try store.demote("layer1", of: Self.identity("a"), to: Self.bound).bytes
    #expect(try values(store.getIntermediates([Self.key("b", 1)], plan: .read)[0]) == emitted(1))
    // The first frees no more than the old manifest and receipt took.
    #expect(try store.demote("layer1", of: Self.identity("b"), to: Self.bound).bytes > 10 * first)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity("c"), policy: Self.policy)
    #expect(try values(store.getIntermediates([Self.key("c", 1)], plan: .read)[0]) == emitted(1))
    #expect(try store.verify().isIntact)
    for name in ["a", "b"] { try store.delete(Self.identity(name)) }
    #expect(try values(store.getIntermediates([Self.key("c", 1)], plan: .read)[0]) == emitted(1))
    #expect(try store.verify().isIntact)
  }

  @Test("On a full disk residuals can be given back, and what was there stays whatever happens", .enabled(if: SmallDisk.isPossible))
  func fullDisk() throws {
    let disk = try SmallDisk(megabytes: 8)
    let url = disk.url.appendingPathComponent("store")
    let store = try IntermediateStore.withToys(at: url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity("a"), policy: Self.policy)
    try disk.fill()
    #expect(try store.demote("layer1", of: Self.identity("a"), to: Self.bound).bytes > 0)
    try store.close()
    let reopened = try IntermediateStore.withToys(at: url)
    #expect(try reopened.verify().isIntact)
    let near = try reopened.getIntermediates([Self.key("a", 1)], plan: .read, within: Self.bound)[0]
    #expect(try greatest(values(near), emitted(1)) <= 0.05)
    #expect(try values(reopened.getIntermediates([Self.key("a", 2)], plan: .read)[0]) == emitted(2))
  }

  @Test("What has no residual cannot be demoted, and says why")
  func refused() throws {
    let store = try logged(.dedup)
    #expect { try store.demote("layer1", of: Self.identity("a"), to: .absolute(1)) } throws: { ($0 as? StoreError)?.code == .invalid }
    #expect { try store.demote("layer9", of: Self.identity("a"), to: .absolute(1)) } throws: { ($0 as? StoreError)?.code == .notFound }
    try store.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: Self.identity("none"), policy: .none)
    #expect { try store.demote("layer1", of: Self.identity("none"), to: .absolute(1)) } throws: { ($0 as? StoreError)?.code == .cannotPlan }
  }
}

/// Under a budget residuals go first.
@Suite struct DemotionBudgetTests {
  private let folder = TemporaryDirectory("demotion-budget")
  private let identity = ModelIdentity(project: "t", name: "m")

  private func logged(budget: Int, at name: String) throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent(name))
    let policy = try StoragePolicy.budget(bytes: budget).quantized(.ladder(.absolute(0.05)))
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: policy)
    return store
  }

  @Test("What saves less gives up its residual before all of it, and its base still answers within its bound")
  func residualsFirst() throws {
    let key = { (layer: Int) in IntermediateKey(model: self.identity, intermediate: "layer\(layer)") }
    let probe = try logged(budget: 1 << 30, at: "probe")
    let before = try probe.storage().partitionBytes
    _ = try probe.getIntermediates([key(1)], plan: .rerun)
    let one = try probe.storage().partitionBytes - before
    let store = try logged(budget: before + one + one * 3 / 4, at: "store")
    _ = try store.getIntermediates([key(1)], plan: .rerun)
    for _ in 0..<6 { _ = try store.getIntermediates([key(2)], plan: .rerun) }
    #expect(try store.storage().partitionBytes <= before + one + one * 3 / 4)
    #expect(try store.intermediates(of: identity).filter(\.isStored).map(\.name) == ["layer1", "layer2"], "nothing had to be dropped")
    let near = try store.getIntermediates([key(1)], plan: .read, accuracy: .within(.absolute(0.05)))[0]
    #expect(near.errorBound == 0.05)
    #expect { try store.getIntermediates([key(1)], plan: .read) } throws: { ($0 as? StoreError)?.code == .cannotPlan }
    #expect(try store.getIntermediates([key(2)], plan: .read)[0].isExact)
    #expect(try store.verify().isIntact)
    // With room for next to nothing, bases go too.
    #expect(try store.advise(budget: StorageBudget(bytes: 1)).contains { $0.action == .demote && $0.intermediate == "layer2" })
  }
}
