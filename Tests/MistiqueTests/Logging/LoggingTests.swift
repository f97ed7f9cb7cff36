import Foundation
import Mistique
import TestSupport
import Testing

@Suite struct LoggingTests {
  let folder = TemporaryDirectory("engine")
  let identity = ModelIdentity(project: "toys", name: "net.1/🏠")

  @Test(
    "What a model emitted is read back and re-run to the same bits, for all rows and for some", arguments: [StoragePolicy.storeAll, .dedup])
  func readEqualsRerun(policy: StoragePolicy) throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 1100, weight: 2), as: identity, policy: policy)
    try store.logIntermediates(of: ToyPipeline(shift: 0.5), as: ModelIdentity(project: "toys", name: "pipe"), policy: policy)
    let keys = ["layer0", "layer1", "layer2"].map { IntermediateKey(model: identity, intermediate: $0) }
    let frames = ["table", "kept rows"].map { IntermediateKey(model: ModelIdentity(project: "toys", name: "pipe"), intermediate: $0) }
    for rows in [RowRequest.all, .ids([1, 2, 1000, 500])] {
      let read = try store.getIntermediates(keys + frames, rows: rows, plan: .read)
      let rerun = try store.getIntermediates(keys + frames, rows: rows, plan: .rerun)
      for (a, b) in zip(read, rerun) {
        #expect(a.isIdentical(to: b), "\(a.intermediate)")
        #expect(a.plan.choice == .read && b.plan.choice == .rerun)
        #expect(a.cost.framesDecoded > 0 && b.cost.framesDecoded == 0)
      }
    }
    let one = try store.getIntermediates([IntermediateKey(model: identity, intermediate: "layer2", column: "n3_1_2")], rows: .ids([7]))[0]
    #expect(one.matrix?[0, 0] == ToyNetwork.value(layer: 2, row: 7, column: 23, weight: 2))
  }

  @Test("A store that is opened again knows its models and restores them from their transformers")
  func reopen() throws {
    try IntermediateStore.withToys(at: folder.url).logIntermediates(of: ToyNetwork(rows: 100, weight: 3), as: identity)
    let store = try IntermediateStore.withToys(at: folder.url)
    #expect(try store.models().map(\.identity) == [identity])
    let key = IntermediateKey(model: identity, intermediate: "layer1")
    let read = try store.getIntermediates([key], plan: .read)[0]
    #expect(read.isIdentical(to: try store.getIntermediates([key], plan: .rerun)[0]))
    #expect(read.matrix?.rows == 100)
  }

  @Test("DEDUP stores the second of two equal models in next to nothing, STORE_ALL in full")
  func policies() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    let first = try store.logIntermediates(
      of: ToyNetwork(rows: 2000, weight: 2), as: ModelIdentity(project: "t", name: "a"), policy: .dedup)
    let second = try store.logIntermediates(
      of: ToyNetwork(rows: 2000, weight: 2), as: ModelIdentity(project: "t", name: "b"), policy: .dedup)
    let third = try store.logIntermediates(
      of: ToyNetwork(rows: 2000, weight: 2), as: ModelIdentity(project: "t", name: "c"), policy: .storeAll)
    #expect(second.duplicateChunks == second.chunks)
    #expect(second.storedBytes < first.storedBytes / 10)
    #expect(third.duplicateChunks == 0)
    #expect(third.storedBytes > first.storedBytes / 2)
    let onDisk = folder.files().filter { $0.key.hasSuffix(".mqp") }.values.reduce(0, +)
    #expect(try store.storage().partitionBytes == onDisk)
  }

  @Test("With policy none only re-running answers")
  func policyNone() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 50, weight: 2), as: identity, policy: .none)
    let key = IntermediateKey(model: identity, intermediate: "layer2")
    #expect(try store.getIntermediates([key])[0].plan.choice == .rerun)
    #expect { try store.getIntermediates([key], plan: .read) } throws: { ($0 as? StoreError)?.code == .cannotPlan }
  }

  @Test("A model that fails in the middle leaves the store as it was")
  func failingModel() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 500, weight: 2), as: ModelIdentity(project: "t", name: "good"))
    let before = folder.files().filter { $0.key.hasSuffix(".mqp") }
    #expect(throws: ToyFailure.asked) {
      try store.logIntermediates(of: ToyNetwork(rows: 9000, weight: 5, failsAfterRows: 8000), as: identity, policy: .storeAll)
    }
    #expect(folder.files().filter { $0.key.hasSuffix(".mqp") } == before)
    #expect(try store.models().count == 1)
    try store.logIntermediates(of: ToyNetwork(rows: 500, weight: 5), as: identity)
    #expect(try store.models().count == 2)
  }

  /// Says that it emits two intermediates, and emits one.
  private final class Forgetful: ExecutableModel {
    static let kind = "forgetful"
    let specification = ""
    let stages = [Stage(name: "both", inputs: [], outputs: ["told", "forgotten"])]

    func transformers() -> [StoredTransformer] { [] }

    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      try emit("told", .frame(DataFrame(rowIDs: .first(2), columns: [("x", Column(.float64([1, 2])))])))
      return [StageMeasurement(stage: 0, seconds: 0.01)]
    }
  }

  @Test("A model that leaves out what it says it emits is refused, whatever is stored of it", arguments: [StoragePolicy.dedup, .none])
  func forgetful(policy: StoragePolicy) throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    #expect { try store.logIntermediates(of: Forgetful(), as: identity, policy: policy) } throws: {
      ($0 as? StoreError)?.code == .invalidModel && "\($0)".contains("did not emit \"forgotten\"")
    }
    #expect(try store.models().isEmpty)
  }

  @Test("Cancelling throws and leaves the store as it was")
  func cancelled() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    #expect(throws: CancellationError.self) {
      try store.logIntermediates(of: ToyNetwork(rows: 500, weight: 2), as: identity, isCancelled: { true })
    }
    #expect(try store.models().isEmpty)
  }

  @Test("A model of the same name is refused before anything runs")
  func sameName() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 10, weight: 2), as: identity)
    #expect { try store.logIntermediates(of: ToyNetwork(rows: 10, weight: 2), as: identity) } throws: {
      ($0 as? StoreError)?.code == .alreadyLogged
    }
  }

  @Test("Two stores on one folder: the second may read, and may not write while the first does")
  func twoWriters() throws {
    let first = try IntermediateStore.withToys(at: folder.url)
    let second = try IntermediateStore.withToys(at: folder.url)
    try first.logIntermediates(of: ToyNetwork(rows: 10, weight: 2), as: identity)
    #expect(try second.models().count == 1)
    #expect { try second.logIntermediates(of: ToyPipeline(shift: 1), as: ModelIdentity(project: "t", name: "p")) } throws: {
      ($0 as? StoreError)?.code == .locked
    }
    try first.close()
    try second.logIntermediates(of: ToyPipeline(shift: 1), as: ModelIdentity(project: "t", name: "p"))
    #expect(try first.models().count == 2)
  }

  @Test(
    "A disk that is full at any write of a run stops it with one clear error, and what was there stays", .enabled(if: SmallDisk.isPossible))
  func diskFullAtEveryWrite() throws {
    let good = ModelIdentity(project: "t", name: "good")
    var (failures, successes) = (0, 0)
    // From what the first model needs to what both need: every write of the second is the one that does not fit at some size.
    for kilobytes in stride(from: 256, through: 720, by: 4) {
      let disk = try SmallDisk(kilobytes: kilobytes)
      guard let store = try? IntermediateStore.withToys(at: disk.url),
        (try? store.logIntermediates(of: ToyNetwork(rows: 500, weight: 2), as: good)) != nil
      else { continue }
      do {
        try store.logIntermediates(of: ToyNetwork(rows: 2500, weight: 5), as: identity)
        successes += 1
      } catch let error as StoreError {
        #expect(error.code == .diskFull, "\(kilobytes) KB: \(error)")
        failures += 1
      }
      try? store.close()  // has nothing to write that matters, and no room for it
      let reopened = try IntermediateStore.withToys(at: disk.url)
      #expect(try reopened.models().first?.identity == good)
      #expect(try reopened.verify().isIntact, "\(kilobytes) KB")
      let key = IntermediateKey(model: good, intermediate: "layer2")
      #expect(try reopened.getIntermediates([key], plan: .read)[0].isIdentical(to: reopened.getIntermediates([key], plan: .rerun)[0]))
    }
    #expect(failures > 10 && successes > 10, "\(failures) failures, \(successes) successes: the sizes do not cover the run")
  }

  @Test("A full disk stops logging with a clear error, and the store still opens and answers", .enabled(if: SmallDisk.isPossible))
  func diskFull() throws {
    let disk = try SmallDisk(megabytes: 4)
    let store = try IntermediateStore.withToys(at: disk.url)
    try store.logIntermediates(of: ToyNetwork(rows: 400, weight: 2), as: ModelIdentity(project: "t", name: "good"))
    #expect {
      try store.logIntermediates(
        of: ToyNetwork(rows: 60_000, weight: 5), as: identity, policy: StoragePolicy(.storeAll, codec: .none))
    } throws: {
      ($0 as? StoreError)?.code == .diskFull && "\($0)".contains("Free space")
    }
    let reopened = try IntermediateStore.withToys(at: disk.url)
    #expect(try reopened.models().map(\.name) == ["good"])
    let key = IntermediateKey(model: ModelIdentity(project: "t", name: "good"), intermediate: "layer2")
    #expect(try reopened.getIntermediates([key], plan: .read)[0].isIdentical(to: reopened.getIntermediates([key], plan: .rerun)[0]))
  }
}
