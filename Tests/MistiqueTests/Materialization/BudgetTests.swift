import Foundation
import TestSupport
import Testing

@testable import Mistique
@testable import MistiqueStorage

@Suite("A storage budget: what saves most per byte is kept")
struct BudgetTests {
  private let folder = TemporaryDirectory()
  private let identity = ModelIdentity(project: "t", name: "m")

  private func key(_ layer: Int) -> IntermediateKey { IntermediateKey(model: identity, intermediate: "layer\(layer)") }

  private func logged(budget: Int, at name: String = "store") throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent(name))
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: try .budget(bytes: budget))
    return store
  }

  private func stored(_ store: IntermediateStore) throws -> [String] {
    try store.intermediates(of: identity).filter(\.isStored).map(\.name)
  }

  @Test("With room for all, whatever is asked for is stored; with room for none, nothing is, and the answer says why")
  func extremes() throws {
    let large = try logged(budget: 1 << 30)
    for layer in 0..<3 { _ = try large.getIntermediates([key(layer)]) }
    #expect(try stored(large).count == 3)
    let small = try logged(budget: 10, at: "small")
    let answer = try small.getIntermediates([key(1)])[0]
    guard case .postponed(let reason)? = answer.materialized else {
      Issue.record("it became \(String(describing: answer.materialized))")
      return
    }
    #expect(reason.contains("budget") && answer.matrix?.rows == 3000)
    #expect(try stored(small).isEmpty)
  }

  @Test("When it is full, what is asked for more often takes the place of what is asked for less, never the other way round")
  func replaces() throws {
    let probe = try logged(budget: 1 << 30, at: "probe")
    let before = try probe.storage().partitionBytes
    _ = try probe.getIntermediates([key(1)])
    let one = try probe.storage().partitionBytes - before
    // What the first one takes, and a half: the estimate of the second must not fit beside it.
    let budget = before + one + one / 2
    let store = try logged(budget: budget)
    let first = try store.getIntermediates([key(1)], plan: .rerun)[0]
    #expect(try stored(store) == ["layer1"] && store.storage().partitionBytes <= budget)
    for _ in 0..<4 {
      _ = try store.getIntermediates([key(2)], plan: .rerun)
      #expect(try store.storage().partitionBytes <= budget, "the budget is kept after every question")
    }
    #expect(try stored(store) == ["layer2"])
    let again = try store.getIntermediates([key(1)])[0]
    #expect(again.plan.choice == .rerun && again.isIdentical(to: first))
    #expect(try stored(store) == ["layer2"], "one more question for layer1 is less than four for layer2")
    #expect(try store.verify().isIntact)
    try store.close()
    let reopened = try IntermediateStore.withToys(at: store.directory)
    #expect(try stored(reopened) == ["layer2"] && reopened.verify().isIntact)
    let report = try {
      try reopened.close(); return try IntermediateStore.repair(at: store.directory)
    }()
    #expect(report.lost.isEmpty && report.models == [identity])
  }

  @Test("Nothing is given up while somebody reads: the question is answered, and what it would store is put off")
  func whileReading() throws {
    let probe = try logged(budget: 1 << 30, at: "probe")
    let before = try probe.storage().partitionBytes
    _ = try probe.getIntermediates([key(1)])
    let one = try probe.storage().partitionBytes - before
    let store = try logged(budget: before + one + one / 2)
    _ = try store.getIntermediates([key(1)], plan: .rerun)
    #expect(try stored(store) == ["layer1"])
    do {
      let other = try IntermediateStore.withToys(at: store.directory)
      let reading = try other.opened.readers.shared()
      for _ in 0..<4 {
        let answer = try store.getIntermediates([key(2)], plan: .rerun)[0]
        #expect(answer.matrix?.rows == 3000)
        if case .stored? = answer.materialized { Issue.record("stored beside a reader of what it replaces") }
      }
      #expect(try stored(store) == ["layer1"])
      #expect(try other.getIntermediates([key(1)], plan: .read)[0].matrix?.rows == 3000)
      withExtendedLifetime(reading) {}
    }
    _ = try store.getIntermediates([key(2)], plan: .rerun)
    #expect(try stored(store) == ["layer2"])
  }

  @Test("What nothing here can restore is not given up, and cannot be dropped")
  func notRerunnable() throws {
    let url = folder.url.appendingPathComponent("store")
    try logged(budget: 1 << 30).close()
    let store = try IntermediateStore.withToys(at: url)
    _ = try store.getIntermediates([key(1)])
    try store.close()
    let bare = try IntermediateStore(at: url)
    #expect { try bare.drop("layer1", of: identity) } throws: { ($0 as? StoreError)?.code == .cannotPlan }
    #expect(try bare.intermediates(of: identity).filter(\.isStored).map(\.name) == ["layer1"])
    #expect(throws: StoreError.self) { try bare.drop("layer7", of: identity) }
  }

  @Test("What a query stored is given up where its manifest is damaged, and the next question makes it anew")
  func droppingDamaged() throws {
    do {
      let store = try logged(budget: 1 << 30)
      _ = try store.getIntermediates([key(1)])
      let written = try #require(
        try store.opened.catalog.model(identity).map { try store.opened.catalog.intermediates(of: $0) }?[1].manifest)
      let file = try store.opened.store.file(written.partition)
      var bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
      for frame in file.footer.frames { bytes[frame.offset] ^= 0x10 }
      try bytes.write(to: URL(fileURLWithPath: file.path))
      try store.close()
    }
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent("store"))
    #expect { try store.getIntermediates([key(1)], plan: .read) } throws: { ($0 as? StoreError)?.code == .corrupt }
    try store.drop("layer1", of: identity)
    #expect(try store.getIntermediates([key(1)])[0].plan.choice == .rerun)
    #expect(try stored(store) == ["layer1"] && store.getIntermediates([key(1)], plan: .read)[0].isExact)
  }

  @Test("What was stored when it was logged is dropped too although its values and what says its shape are damaged")
  func droppingDamagedOfDedup() throws {
    let place = folder.url.appendingPathComponent("store")
    do {
      let store = try IntermediateStore.withToys(at: place)
      try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: .dedup)
      let written = try #require(
        try store.opened.catalog.model(identity).map { try store.opened.catalog.intermediates(of: $0) }?[1].manifest)
      let file = try store.opened.store.file(written.partition)
      let entry = file.footer.chunks[written.index]
      var bytes = try Data(contentsOf: URL(fileURLWithPath: file.path))
      for frame in file.footer.frames[entry.firstFrame..<entry.firstFrame + entry.frameCount] { bytes[frame.offset] ^= 0x10 }
      try bytes.write(to: URL(fileURLWithPath: file.path))
      try store.close()
    }
    let store = try IntermediateStore.withToys(at: place)
    #expect { try store.getIntermediates([key(1)], plan: .read) } throws: { ($0 as? StoreError)?.code == .corrupt }
    // Its bytes may be reclaimed only where what stays can be read.
    do { try store.drop("layer1", of: identity) } catch let error as StoreError where error.code == .corrupt {}
    #expect(try store.getIntermediates([key(1)])[0].plan.choice == .rerun)
  }

  @Test("What an intermediate took says nothing about it once its residual was given back")
  func takenBeforeDemotion() throws {
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent("store"))
    let bound = QuantizationScheme.ErrorBound.absolute(0.05)
    let policy = try StoragePolicy.budget(bytes: 1 << 30).quantized(.ladder(bound))
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: policy)
    guard case .stored(let bytes)? = try store.getIntermediates([key(1)])[0].materialized else {
      Issue.record("it was not stored")
      return
    }
    func storedBytes() throws -> Double {
      let model = try store.opened.model(identity)
      let intermediate = try #require(try store.opened.catalog.intermediates(of: model).first { $0.name == "layer1" })
      return try #require(try Worth(opened: store.opened).gamma(of: intermediate, in: model, policy)).storedBytes
    }
    #expect(try storedBytes() >= Double(bytes))
    try store.demote("layer1", of: identity, to: bound)
    #expect(try storedBytes() < Double(bytes))
  }

  @Test(
    "Dropping gives the bytes back, and the answers are the same afterwards, under every policy",
    arguments: [StoragePolicy.dedup, .storeAll, .dedup.quantized(.pool(2))])
  func dropping(policy: StoragePolicy) throws {
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent("store"))
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: policy)
    let before = try store.getIntermediates([key(1)], plan: .rerun)[0]
    let bytes = try store.storage().partitionBytes
    let reclaimed = try store.drop("layer1", of: identity)
    #expect(reclaimed.bytes > 0)
    #expect(try store.storage().partitionBytes < bytes)
    #expect(try stored(store) == ["layer0", "layer2"])
    #expect(throws: StoreError.self) { try store.getIntermediates([key(1)], plan: .read) }
    #expect(try store.drop("layer1", of: identity) == ReclaimedStorage())
    let after = try store.getIntermediates([key(1)])[0]
    #expect(after.plan.choice == .rerun)
    #expect(after.isIdentical(to: before) && after.schema == before.schema)
    #expect(try store.verify().isIntact)
    try store.delete(identity)
    #expect(try store.storage().partitions == 0)
  }
}

@Suite("What to store and what to drop")
struct AdviceTests {
  private let folder = TemporaryDirectory()
  private let identity = ModelIdentity(project: "t", name: "m")

  @Test("Nobody's questions advise nothing; questions advise storing what they ask for, as far as it is worth it")
  func advice() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: try .adaptive(gamma: 1e12))
    #expect(try store.advise().map(\.action) == [.leave, .leave, .leave])
    let key = IntermediateKey(model: identity, intermediate: "layer2")
    for _ in 0..<3 { _ = try store.getIntermediates([key]) }
    #expect(try store.advise().allSatisfy { $0.action == .leave }, "its threshold is out of reach")
    let advice = try store.advise(gamma: GammaThreshold(secondsPerGB: 0))
    let asked = try #require(advice.first)
    #expect(asked.intermediate == "layer2" && asked.action == .store && asked.queries == 3 && asked.gamma > 0 && asked.bytes > 0)
    #expect(asked.rerunSeconds > asked.readSeconds)
    #expect(advice.dropFirst().allSatisfy { $0.action == .leave && $0.queries == 0 && $0.gamma <= 0 })
    #expect(try store.advise(budget: StorageBudget(bytes: 0)).allSatisfy { $0.action == .leave })
    #expect(try store.advise(budget: StorageBudget(bytes: 1 << 30)).first?.action == .store)
  }

  @Test("What everything is stored of and nobody asks for is advised to be dropped")
  func dropping() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity)
    #expect(try store.advise().allSatisfy { $0.action == .discard })
    let key = IntermediateKey(model: identity, intermediate: "layer2")
    for _ in 0..<3 { _ = try store.getIntermediates([key]) }
    #expect(try store.advise().first { $0.action == .keep }?.intermediate == "layer2")
  }
}
