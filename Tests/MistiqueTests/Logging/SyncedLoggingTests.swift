import Foundation
import Mistique
import Synchronization
import TestSupport
import Testing

@Suite struct SyncedLoggingTests {
  private let folder = TemporaryDirectory("synced")
  private let network = ModelIdentity(project: "toys", name: "net")
  private let pipeline = ModelIdentity(project: "toys", name: "pipe")

  private func store(_ name: String, synced: Bool) throws -> IntermediateStore {
    var options = StoreOptions()
    options.rowsPerBlock = 16
    options.writesThrough = synced
    return try IntermediateStore(at: folder.url.appendingPathComponent(name), options: options)
  }

  private func partitions(_ name: String) -> Int { folder.files().keys.count { $0.contains("\(name)/") && $0.hasSuffix(".mqp") } }

  /// The toy network, which counts the partition files on disk before each piece that it emits.
  private final class WatchingNetwork: ExecutableModel {
    static let kind = ToyNetwork.kind
    let network: ToyNetwork
    let count: @Sendable () -> Int
    let counts = Mutex<[Int]>([])
    var specification: String { network.specification }
    var stages: [Stage] { network.stages }

    init(_ network: ToyNetwork, count: @escaping @Sendable () -> Int) {
      self.network = network
      self.count = count
    }

    func transformers() -> [StoredTransformer] { network.transformers() }

    func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
      try network.execute(request) { name, rows in
        counts.withLock { $0.append(count()) }
        try emit(name, rows)
      }
    }
  }

  @Test("Synced, every piece is in a file before the model emits the next; else nothing is, until there is enough of it")
  func whenOnDisk() throws {
    for synced in [true, false] {
      let name = synced ? "each" : "once"
      let folder = folder
      let model = WatchingNetwork(ToyNetwork(rows: 64, weight: 2)) {
        folder.files().keys.count { $0.contains("\(name)/") && $0.hasSuffix(".mqp") }
      }
      try store(name, synced: synced).logIntermediates(of: model, as: network, policy: .storeAll)
      // Three layers in four pieces of 16 rows.
      #expect(model.counts.withLock { $0 } == (synced ? Array(0..<12) : Array(repeating: 0, count: 12)))
    }
  }

  @Test("What is logged with each piece synced has the chunks and the answers of what is logged in one commit")
  func equalAnswers() throws {
    let stores = try [store("each", synced: true), store("once", synced: false)]
    let reports = try stores.map { store in
      [
        try store.logIntermediates(of: ToyNetwork(rows: 100, weight: 2), as: network),
        try store.logIntermediates(of: ToyPipeline(shift: 0.5), as: pipeline),
      ]
    }
    #expect(reports[0].map(\.chunks) == reports[1].map(\.chunks))
    #expect(reports[0].map(\.duplicateChunks) == reports[1].map(\.duplicateChunks))
    #expect(partitions("each") > partitions("once"))
    let keys =
      ["layer0", "layer1", "layer2"].map { IntermediateKey(model: network, intermediate: $0) }
      + ["table", "kept rows"].map { IntermediateKey(model: pipeline, intermediate: $0) }
    let answers = try stores.map { try $0.getIntermediates(keys, plan: .read) }
    for (synced, once) in zip(answers[0], answers[1]) { #expect(synced.isIdentical(to: once), "\(synced.intermediate)") }
  }
}
