import Foundation
import MistiqueStorage
@testable import Mistique
import Synchronization
import TestSupport
import Testing

@Suite("Adaptive materialization: what questions show to be worth its bytes is stored")
struct AdaptiveTests {
  private let folder: TemporaryDirectory
  private let identity = ModelIdentity(project: "t", name: "m")
  private var key: IntermediateKey { IntermediateKey(model: identity, intermediate: "layer1") }

  init() { folder = TemporaryDirectory() }

  private func logged(
    gamma: Double, at name: String = "store", quantization: QuantizationScheme = .none, exactUpTo columns: Int = 0
  ) throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent(name))
    let policy = try StoragePolicy.adaptive(gamma: gamma).quantized(quantization, exactUpTo: columns)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: policy)
    return store
  }

  @Test("Logging stores the transformers only; the first question that is worth it stores the intermediate, whole, and the next reads it")
  func storesWhatIsAsked() throws {
    let store = try logged(gamma: 0)
    #expect(try store.intermediates(of: identity).allSatisfy { !$0.isStored && $0.newBytes == $0.logicalBytes })
    let before = try store.storage().partitionBytes
    let first = try store.getIntermediates([key], rows: .ids([17, 2999]))[0]
    #expect(first.plan.choice == .rerun)
    guard case .stored(let bytes)? = first.materialized else {
      Issue.record("it became \(String(describing: first.materialized))")
      return
    }
    let after = try store.storage().partitionBytes
    #expect(bytes > 0 && after - before == bytes)
    let stored = try store.intermediates(of: identity)
    #expect(stored.filter(\.isStored).map(\.name) == ["layer1"])
    let second = try store.getIntermediates([key], rows: .ids([17, 2999]), plan: .read)[0]
    #expect(second.isIdentical(to: first) && second.materialized == nil && second.plan.gamma == nil)
    let whole = try store.getIntermediates([key], plan: .read)[0]
    #expect(whole.matrix?.rows == 3000)
    #expect(whole.isIdentical(to: try store.getIntermediates([key], plan: .rerun)[0]))
    #expect(try store.verify().isIntact)
  }

  @Test("gamma grows with every question until it passes the threshold")
  func gammaGrows() throws {
    /// The toy says what its stages take; what reading takes is said here, because a busy machine would measure anything.
    func pinned(_ store: IntermediateStore) -> IntermediateStore {
      store.opened.costs.read.calibrate(.full, small: (ReadEstimate(), 1e-6), large: (ReadEstimate(rawBytes: 1 << 30), 1e-5))
      return store
    }
    let probe = pinned(try logged(gamma: 1e12, at: "probe"))
    let one = try #require(try probe.getIntermediates([key])[0].plan.gamma)
    #expect(one > 0)
    _ = try probe.getIntermediates([key])
    let three = try #require(try probe.getIntermediates([key])[0].plan.gamma)
    #expect(abs(three / one - 3) < 0.5, "gamma of the third question against the first: \(three / one)")
    let store = pinned(try logged(gamma: 2.5 * one))
    let materialized = try (0..<3).map { _ in try store.getIntermediates([key])[0].materialized }
    #expect(materialized[0] == nil && materialized[1] == nil && materialized[2] != nil)
    #expect(try store.getIntermediates([key], plan: .read)[0].matrix?.rows == 3000)
  }

  @Test("What follows in no time from what is stored is not worth its bytes, however often it is asked for; without that ancestor it is")
  func cheapLayers() throws {
    let stages = (0..<3).map {
      Stage(name: "\($0)", inputs: $0 == 0 ? [] : [$0 - 1], outputs: ["stage \($0).0"], reads: $0 == 0 ? [] : ["stage \($0 - 1).0"])
    }
    for storesAncestor in [true, false] {
      let store = try IntermediateStore(at: folder.url.appendingPathComponent("\(storesAncestor)"))
      store.register(kind: GraphModel.kind) { try GraphModel(restoring: $0) }
      let model = GraphModel(.init(rows: 2000, hasFrames: false, stages: stages))
      try store.logIntermediates(of: model, as: identity, policy: try .adaptive(gamma: 30_000))
      func ask(_ name: String) throws -> Materialized? {
        store.opened.costs.read.calibrate(.full, small: (ReadEstimate(), 1e-6), large: (ReadEstimate(rawBytes: 1 << 30), 1e-5))
        // Two stages take a second each, the third a microsecond, whatever this machine measures.
        let costs = try store.opened.costs(of: try #require(store.models().first))
        for (place, seconds) in [1.0, 1, 1e-6].enumerated() {
          for batches in [16, 17] {
            for _ in 0..<60 {
              _ = costs.note(restoreSeconds: nil, [StageMeasurement(stage: place, seconds: seconds, batches: batches, rowsPerBatch: 100)])
            }
          }
        }
        return try store.getIntermediates([IntermediateKey(model: identity, intermediate: name)])[0].materialized
      }
      // From the input gamma is a million in the first asking. From the ancestor it is sixty, and grows to a thousand or two.
      if storesAncestor { #expect(try ask("stage 1.0") != nil) }
      let asked = try (0..<10).map { _ in try ask("stage 2.0") }
      #expect(asked.contains { $0 != nil } == !storesAncestor)
    }
  }

  @Test("What was stored is there after opening the store again, and after its catalogue was rebuilt")
  func survives() throws {
    let url = folder.url.appendingPathComponent("store")
    do {
      let store = try logged(gamma: 0)
      _ = try store.getIntermediates([key])
      _ = try store.getIntermediates([IntermediateKey(model: identity, intermediate: "layer2")], rows: .ids([5]))
      try store.close()
    }
    let report = try IntermediateStore.repair(at: url)
    #expect(report.models == [identity] && report.lost.isEmpty)
    let store = try IntermediateStore.withToys(at: url)
    #expect(try store.intermediates(of: identity).filter(\.isStored).map(\.name) == ["layer1", "layer2"])
    let read = try store.getIntermediates([key], plan: .read)[0]
    #expect(read.isIdentical(to: try store.getIntermediates([key], plan: .rerun)[0]))
    _ = try store.collectGarbage()
    #expect(try store.verify().isIntact)
    try store.delete(identity)
    #expect(try store.storage().partitions == 0)
  }

  @Test("While another process writes, a question is answered and storing is put off")
  func otherWriter() throws {
    let store = try logged(gamma: 0)
    try store.close()
    let other = try IntermediateStore.withToys(at: folder.url.appendingPathComponent("store"))
    try other.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: ModelIdentity(project: "t", name: "other"))
    let answer = try store.getIntermediates([key], rows: .ids([3]))[0]
    guard case .postponed(let reason)? = answer.materialized else {
      Issue.record("it became \(String(describing: answer.materialized))")
      return
    }
    #expect(!reason.isEmpty && answer.matrix?.rows == 1)
    try other.close()
    #expect(try store.getIntermediates([key], rows: .ids([3]))[0].materialized != nil)
    #expect(try store.getIntermediates([key], rows: .ids([3]), plan: .read)[0].isIdentical(to: answer))
  }

  @Test("What another question has stored meanwhile is not stored again")
  func storedMeanwhile() throws {
    let store = try logged(gamma: 0)
    let key = key
    let restores = Atomic<Int>(0)
    // The question comes from within the answer to itself, where another thread's might.
    store.register(kind: ToyNetwork.kind) { [unowned store] stored in
      if restores.wrappingAdd(1, ordering: .relaxed).oldValue == 0 { _ = try store.getIntermediates([key])[0] }
      return try ToyNetwork(restoring: stored)
    }
    let outer = try store.getIntermediates([key], rows: .ids([5]))[0]
    #expect(outer.materialized == nil && outer.matrix?.rows == 1)
    let layer = try #require(store.intermediates(of: identity).first { $0.name == "layer1" })
    #expect(layer.isStored && layer.newBytes > 0)
    #expect(try store.getIntermediates([key], rows: .ids([5]), plan: .read)[0].isIdentical(to: outer))
  }

  @Test("A quantized adaptive store answers in one shape before and after it stores", arguments: [0, 23, 24])
  func pooled(exactColumns: Int) throws {
    let store = try logged(gamma: 0, quantization: .pool(2), exactUpTo: exactColumns)
    let first = try store.getIntermediates([key], rows: .ids([8]))[0]
    let second = try store.getIntermediates([key], rows: .ids([8]), plan: .read)[0]
    #expect(first.schema == second.schema && first.isIdentical(to: second))
    // The layer has 24 columns.
    #expect((first.schema == ToyNetwork.schema) == (exactColumns == 24))
  }

  private static let schemes: [QuantizationScheme] = [
    .none, .pool(2), .poolWholeMap, .kbit(8), .pool(2).then(.kbit(8)), .lp16, .bound(.relative(0.2)), .ladder(.relative(0.2)),
  ]

  @Test("What storing would add is what storing adds, whatever the scheme, and stays so when it is given up", arguments: schemes.indices)
  func bytesAdded(place: Int) throws {
    let scheme = Self.schemes[place]
    let later = try logged(gamma: 1e12, at: "later", quantization: scheme)
    let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent("now"))
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: identity, policy: .dedup.quantized(scheme))
    func bytes(_ store: IntermediateStore) throws -> Int { try store.intermediates(of: identity).first { $0.name == "layer1" }!.newBytes }
    let stored = try bytes(store)
    #expect(try bytes(later) == stored && stored > 0)
    if case .ladder(let bound, _) = scheme.values {
      try store.demote("layer1", of: identity, to: bound)
      #expect(try bytes(store) == stored / 4)
    }
    try store.drop("layer1", of: identity)
    #expect(try bytes(store) == stored)
  }

  @Test("A column that intermediates share counts to each by its share")
  func shares() throws {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    try store.logIntermediates(of: PassingPipeline(rows: 1000), as: identity, policy: try .adaptive(gamma: 1))
    let intermediates = try store.intermediates(of: identity)
    // table: a (8,000 bytes, in both) and b (8,000); changed: a, and b anew.
    #expect(intermediates.map(\.newBytes) == [4_000 + 8_000, 4_000 + 8_000])
  }
}

@Suite("Columns that a stage passes on")
struct PassedColumnTests {
  private let folder: TemporaryDirectory

  init() { folder = TemporaryDirectory() }

  @Test(
    "are stored as references without being hashed, and read back as the same values; equal columns made anew are found by their hashes")
  func passedOn() throws {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    store.register(kind: PassingPipeline.kind) { PassingPipeline(rows: Int($0.specification)!) }
    let (with, without) = (ModelIdentity(project: "t", name: "with"), ModelIdentity(project: "t", name: "without"))
    let passed = try store.logIntermediates(of: PassingPipeline(rows: 2500), as: with)
    #expect(passed.chunks == 4 * 3 && passed.passedChunks == 3 && passed.duplicateChunks == 3)
    let hashed = try store.logIntermediates(of: PassingPipeline(rows: 2500, passes: false), as: without)
    #expect(hashed.chunks == 4 * 3 && hashed.passedChunks == 0 && hashed.duplicateChunks == 12)
    for name in ["table", "changed"] {
      let read = try store.getIntermediates([IntermediateKey(model: with, intermediate: name)], plan: .read)[0]
      #expect(read.isIdentical(to: try store.getIntermediates([IntermediateKey(model: with, intermediate: name)], plan: .rerun)[0]))
    }
    #expect(try store.verify().isIntact)
  }

  @Test("are stored again under STORE_ALL")
  func storeAll() throws {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    let report = try store.logIntermediates(
      of: PassingPipeline(rows: 2500), as: ModelIdentity(project: "t", name: "m"), policy: .storeAll)
    #expect(report.passedChunks == 0 && report.duplicateChunks == 0)
  }

  @Test("must have been emitted before")
  func unknownSource() throws {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("store"))
    let error = try #require(throws: StoreError.self) {
      try store.logIntermediates(of: PassingPipeline(rows: 10, source: "nowhere"), as: ModelIdentity(project: "t", name: "m"))
    }
    #expect(error.code == .invalidModel)
    #expect(try store.models().isEmpty)
  }
}

/// A table, and a table that has its first column and a second of its own.
final class PassingPipeline: ExecutableModel {
  static let kind = "passing-pipeline"
  let specification: String
  let stages = [Stage(name: "read", inputs: [], outputs: ["table"]), Stage(name: "change", inputs: [0], outputs: ["changed"])]
  private let rows: Int
  private let passes: Bool
  private let source: String

  init(rows: Int, passes: Bool = true, source: String = "table") {
    specification = "\(rows)"
    self.rows = rows
    self.passes = passes
    self.source = source
  }

  func transformers() -> [StoredTransformer] { [] }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let a = Column(.float64((0..<rows).map { Double($0) * 1.5 }))
    let b = Column(.int64((0..<rows).map { Int64($0 % 7) }))
    let changed = Column(.int64((0..<rows).map { Int64($0 % 7 + 1) }))
    if request.intermediates.contains("table") {
      try emit("table", .frame(DataFrame(rowIDs: .first(rows), columns: [("a", a), ("b", b)])))
    }
    if request.intermediates.contains("changed") {
      let frame = DataFrame(rowIDs: .first(rows), columns: [("b", changed), ("a", a)])
      try emit("changed", .frame(frame, passedOn: passes ? [1: PassedColumn(intermediate: source, column: 0)] : [:]))
    }
    return [StageMeasurement(stage: 0, seconds: 0.02), StageMeasurement(stage: 1, seconds: 0.01)]
  }
}
