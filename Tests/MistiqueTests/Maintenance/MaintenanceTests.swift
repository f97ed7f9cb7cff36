import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Mistique

@Suite struct MaintenanceTests {
  let folder = TemporaryDirectory("maintenance")

  static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  /// Networks of which b shares layer 0 with a, and a pipeline.
  func filled() throws -> IntermediateStore {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity("a"))
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 3), as: Self.identity("b"))
    try store.logIntermediates(of: ToyPipeline(shift: 0.5), as: Self.identity("pipe"))
    return store
  }

  func expectIntact(_ store: IntermediateStore, _ names: [String], _ comment: Comment? = nil) throws {
    #expect(try store.models().map(\.name) == names, comment)
    for name in names {
      for intermediate in try store.intermediates(of: Self.identity(name)) {
        let key = IntermediateKey(model: Self.identity(name), intermediate: intermediate.name)
        let read = try store.getIntermediates([key], plan: .read)[0]
        #expect(read.isIdentical(to: try store.getIntermediates([key], plan: .rerun)[0]), comment ?? "\(key)")
      }
    }
  }

  var partitionFiles: [String] {
    folder.files().keys.filter { $0.hasSuffix(".mqp") }.sorted().map { folder.path + "/" + $0 }
  }

  @Test("Deleting a model frees what only it used, and nothing else")
  func deletion() throws {
    let store = try filled()
    let full = try store.storage().partitionBytes
    let freed = try store.delete(Self.identity("a"))
    #expect(freed.partitions > 0 && freed.bytes > 0)
    #expect(try store.storage().partitionBytes == full - freed.bytes)
    try expectIntact(store, ["b", "pipe"])
    #expect(try store.verify().isIntact)
    #expect { try store.delete(Self.identity("a")) } throws: { ($0 as? StoreError)?.code == .notFound }
    // What a model left behind in a shared partition is not there to be referred to.
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity("a"))
    try expectIntact(store, ["b", "pipe", "a"])
    for name in ["a", "b", "pipe"] { try store.delete(Self.identity(name)) }
    #expect(try store.storage().partitionBytes == 0)
    #expect(partitionFiles.isEmpty)
  }

  @Test("A model that shares nothing gives back every byte it took")
  func deletionIsComplete() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity("a"), policy: .storeAll)
    let before = folder.files().filter { $0.key.hasSuffix(".mqp") }
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity("copy"), policy: .storeAll)
    try store.delete(Self.identity("copy"))
    #expect(folder.files().filter { $0.key.hasSuffix(".mqp") } == before)
  }

  @Test("Every flipped bit that somebody refers to is found by verify, with the file's name")
  func flippedBits() throws {
    let store = try filled()
    #expect(try store.verify().isIntact)
    var random = SeededRandom(seed: 4)
    for path in partitionFiles {
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      let places = Set((0..<12).map { _ in Int.random(in: 0..<whole.count, using: &random) } + [0, 8, whole.count - 1])
      for place in places {
        var damaged = whole
        damaged[damaged.startIndex + place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        try damaged.write(to: URL(fileURLWithPath: path))
        let report = try store.verify()
        #expect(report.problems.contains { $0.contains(path) }, "byte \(place) of \(path)")
        #expect(!report.damagedModels.isEmpty)
      }
      try whole.write(to: URL(fileURLWithPath: path))
    }
    #expect(try store.verify().isIntact)
  }

  @Test("The catalogue is rebuilt from the partition files alone")
  func repair() throws {
    var store: IntermediateStore? = try filled()
    let intermediates = try ["a", "b", "pipe"].map { try store!.intermediates(of: Self.identity($0)).map(\.name) }
    try store!.delete(Self.identity("b"))
    try store!.close()
    store = nil
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.path + "/catalog.sqlite" + suffix) }
    #expect { try IntermediateStore.withToys(at: folder.url) } throws: {
      ($0 as? StoreError)?.code == .catalogue && "\($0)".contains("repair")
    }
    let report = try IntermediateStore.repair(at: folder.url)
    #expect(report.models == [Self.identity("a"), Self.identity("pipe")])
    #expect(report.lost.isEmpty && report.damagedFiles.isEmpty && report.previousCatalog == nil)
    let repaired = try IntermediateStore.withToys(at: folder.url)
    try expectIntact(repaired, ["a", "pipe"])
    #expect(try repaired.intermediates(of: Self.identity("a")).map(\.name) == intermediates[0])
    #expect(try repaired.verify().isIntact)
    try repaired.logIntermediates(of: ToyNetwork(rows: 3000, weight: 3), as: Self.identity("b"))
    try expectIntact(repaired, ["a", "pipe", "b"])
  }

  @Test("A model that takes the number of a deleted one is re-run as what it is")
  func numberAgain() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    let other = try IntermediateStore.withToys(at: folder.url)
    let key = { IntermediateKey(model: Self.identity($0), intermediate: "kept rows") }
    try store.logIntermediates(of: ToyPipeline(shift: 1), as: Self.identity("first"))
    _ = try other.getIntermediates([key("first")], plan: .rerun)
    try store.delete(Self.identity("first"))
    try store.logIntermediates(of: ToyPipeline(shift: 2), as: Self.identity("second"))
    for asked in [store, other] {
      let read = try asked.getIntermediates([key("second")], plan: .read)[0]
      #expect(try asked.getIntermediates([key("second")], plan: .rerun)[0].isIdentical(to: read))
    }
  }

  @Test("No number is given to a second model or intermediate, also after a repair")
  func numbersOnce() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    func numbers() throws -> (models: Set<Int64>, intermediates: Set<Int64>) {
      let models = try store.opened.catalog.models()
      return (Set(models.map(\.id)), Set(try models.flatMap { try store.opened.catalog.intermediates(of: $0).map(\.id) }))
    }
    var gone = (models: Set<Int64>(), intermediates: Set<Int64>())
    for round in 0..<3 {
      try store.logIntermediates(of: ToyNetwork(rows: 30, weight: Float(round)), as: Self.identity("a"))
      let now = try numbers()
      #expect(now.models.isDisjoint(with: gone.models) && now.intermediates.isDisjoint(with: gone.intermediates))
      gone = (gone.models.union(now.models), gone.intermediates.union(now.intermediates))
      try store.delete(Self.identity("a"))
    }
  }

  @Test("What is logged and deleted while a store is verified is no damage")
  func verifiedBesideWriting() throws {
    try filled().close()
    let store = try IntermediateStore.withToys(at: folder.url)
    let other = try IntermediateStore.withToys(at: folder.url)
    let models = try store.models().map(\.identity)
    var steps = 0
    let report = try store.verify { done, _ in
      steps += 1
      guard done == 1 else { return }
      try other.logIntermediates(of: ToyNetwork(rows: 3_000, weight: 9), as: Self.identity("meanwhile"))
      try other.delete(models[0])
    }
    #expect(steps > 1 && report.isIntact, "\(report.problems)")
    #expect(report.models == models.count)
  }

  @Test("A second repair has the models that were logged after the first, also where an adaptive one has stored more")
  func repairAgain() throws {
    func open() throws -> IntermediateStore { try IntermediateStore.withToys(at: folder.url) }
    do {
      let store = try open()
      try store.logIntermediates(of: ToyNetwork(rows: 100, weight: 2), as: Self.identity("a"))
      try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 3), as: Self.identity("b"), policy: try .adaptive(gamma: 0))
      try store.delete(Self.identity("a"))
      try store.close()
    }
    #expect(try IntermediateStore.repair(at: folder.url).models == [Self.identity("b")])
    do {
      let store = try open()
      try store.logIntermediates(of: ToyNetwork(rows: 100, weight: 4), as: Self.identity("c"), policy: .none)
      let key = IntermediateKey(model: Self.identity("b"), intermediate: "layer1")
      // What stages take is measured anew after a repair.
      _ = try store.getIntermediates([key], plan: .rerun)
      #expect(try store.getIntermediates([key], plan: .rerun)[0].materialized != nil)
      try store.close()
    }
    let report = try IntermediateStore.repair(at: folder.url)
    #expect(report.models == [Self.identity("b"), Self.identity("c")] && report.lost.isEmpty)
    #expect(try open().verify().isIntact)
  }

  @Test("A catalogue that is no database is rebuilt, and kept beside the new one")
  func repairDamagedCatalog() throws {
    try filled().close()
    try Data("not a database at all, but long enough to be one".utf8).write(to: folder.url.appendingPathComponent("catalog.sqlite"))
    #expect(throws: StoreError.self) { try IntermediateStore.withToys(at: folder.url) }
    let report = try IntermediateStore.repair(at: folder.url)
    #expect(report.models.count == 3)
    #expect(report.previousCatalog.map { FileManager.default.fileExists(atPath: $0.path) } == true)
    try expectIntact(try IntermediateStore.withToys(at: folder.url), ["a", "b", "pipe"])
  }

  @Test("Repair leaves out a model of which a partition is damaged, and says so; the others are there")
  func repairWithLosses() throws {
    let store = try filled()
    try store.close()
    // The largest partition holds values of a network.
    let largest = folder.files().filter { $0.key.hasSuffix(".mqp") }.max { $0.value < $1.value }!.key
    var bytes = try Data(contentsOf: folder.url.appendingPathComponent(largest))
    let whole = bytes
    let before = partitionFiles.count
    bytes.removeLast(10)
    try bytes.write(to: folder.url.appendingPathComponent(largest))
    let report = try IntermediateStore.repair(at: folder.url)
    #expect(report.damagedFiles.count == 1 && report.damagedFiles[0].path.hasSuffix(largest))
    #expect(!report.lost.isEmpty)
    #expect(report.models.count + report.lost.count == 3)
    do {
      let repaired = try IntermediateStore.withToys(at: folder.url)
      try expectIntact(repaired, report.models.map(\.name))
      // The next writer removes what the catalogue does not know: none of it may be what is lost today.
      try repaired.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: Self.identity("next"))
      try repaired.collectGarbage()
      try repaired.close()
    }
    let (aside, files) = try #require(report.setAside)
    #expect(files > 1 && partitionFiles.count > before, "the damaged file, and what the lost models still have")
    let name = largest.split(separator: "/").suffix(2).joined(separator: "/")
    #expect(try Data(contentsOf: aside.appendingPathComponent(name)) == bytes)
    // The disk gives the bytes again: copied back, everything is there.
    try folder.copyBackSetAside()
    try whole.write(to: folder.url.appendingPathComponent(largest))
    let again = try IntermediateStore.repair(at: folder.url)
    #expect(again.lost.isEmpty && again.damagedFiles.isEmpty && again.setAside == nil)
    #expect(Set(again.models.map(\.name)) == ["a", "b", "pipe", "next"])
    try expectIntact(try IntermediateStore.withToys(at: folder.url), again.models.map(\.name))
  }

  private func patient(at url: URL? = nil) throws -> IntermediateStore {
    var options = StoreOptions()
    options.writerPatience = .seconds(60)
    let store = try IntermediateStore(at: url ?? folder.url, options: options)
    store.register(kind: ToyNetwork.kind) { try ToyNetwork(restoring: $0) }
    return store
  }

  @Test("Questions are answered while something waits to drop what another process is writing beside", .timeLimit(.minutes(2)))
  func dropWaits() throws {
    let writer = try filled()
    let dropping = try patient()
    let dropped = Later { try dropping.drop("layer1", of: Self.identity("a")) }
    usleep(300_000)
    let asking = try IntermediateStore.withToys(at: folder.url)
    for _ in 0..<20 { #expect(try asking.getIntermediates(["t.b.layer1.*"], plan: .read).count == 1) }
    #expect(try asking.intermediates(of: Self.identity("a")).allSatisfy(\.isStored), "it waits")
    try writer.close()
    #expect(try dropped.get().bytes > 0)
    #expect(try asking.intermediates(of: Self.identity("a")).count { !$0.isStored } == 1)
  }

  @Test(
    "A model that takes the name of another, or stands beside it, while something waits to delete that one stays", .timeLimit(.minutes(2)),
    arguments: [false, true])
  func deleteWaits(drops: Bool) throws {
    // Between two calls of a writer the one that waits may have its turn: then there is nothing to see, and the next attempt follows.
    for attempt in 0..<50 {
      let folder = TemporaryDirectory("maintenance \(attempt)")
      let writer = try IntermediateStore.withToys(at: folder.url)
      try writer.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: Self.identity("a"))
      try writer.logIntermediates(of: ToyNetwork(rows: 30, weight: 3), as: Self.identity("b"))
      let deleting = try patient(at: folder.url)
      let deleted = Later<Void> {
        if drops { _ = try deleting.drop("layer1", of: Self.identity("b")) } else { _ = try deleting.delete(Self.identity("b")) }
      }
      usleep(300_000)
      let newer = drops ? "b" : "c"
      do {
        try writer.delete(Self.identity("b"))
        try writer.logIntermediates(of: ToyNetwork(rows: 30, weight: 4), as: Self.identity(newer))
      } catch let error as StoreError where [.locked, .notFound].contains(error.code) {
        try writer.close()
        _ = try? deleted.get()
        continue
      }
      try writer.close()
      #expect { try deleted.get() } throws: { ($0 as? StoreError)?.code == .notFound }
      return try expectIntact(try IntermediateStore.withToys(at: folder.url), ["a", newer])
    }
    Issue.record("the one that waits always had its turn")
  }

  /// What a thread of its own comes to.
  private final class Later<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () throws -> Value) {
      Thread { [self] in
        let made = Result(catching: body)
        result.withLock { $0 = made }
        isThere.signal()
      }.start()
    }

    /// Waits for it, once.
    func get() throws -> Value {
      isThere.wait()
      return try result.withLock { try $0!.get() }
    }
  }

  @Test("Garbage is what the catalogue does not know: half a file goes, one of another name is set aside, everything else stays")
  func garbage() throws {
    let store = try filled()
    let path = partitionFiles[0]
    let orphan = path.replacingOccurrences(of: ".mqp", with: "").dropLast(2) + "00.mqp"
    try FileManager.default.copyItem(atPath: path, toPath: String(orphan))
    try Data([1, 2]).write(to: URL(fileURLWithPath: path + ".tmp"))
    let before = partitionFiles.count
    try store.collectGarbage()
    #expect(partitionFiles.count { !$0.contains("set-aside") } == before - 1)
    #expect(!FileManager.default.fileExists(atPath: String(orphan)))
    #expect(!FileManager.default.fileExists(atPath: path + ".tmp"))
    try expectIntact(store, ["a", "b", "pipe"])
  }

  @Test("Copies of partitions that somebody put beside them are left alone, by repair and by the next writer")
  func copies() throws {
    var store: IntermediateStore? = try filled()
    let path = URL(fileURLWithPath: partitionFiles[0])
    let copies = [path.deletingLastPathComponent().path + ".bak", folder.path + "/partitions/saved"].map { URL(fileURLWithPath: $0) }
    for copy in copies {
      try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: path, to: copy.appendingPathComponent(path.lastPathComponent))
    }
    try store!.close()
    store = nil
    #expect(try IntermediateStore.repair(at: folder.url).models.count == 3)
    let repaired = try IntermediateStore.withToys(at: folder.url)
    try repaired.delete(Self.identity("b"))
    try repaired.collectGarbage()
    for copy in copies { #expect(FileManager.default.fileExists(atPath: copy.appendingPathComponent(path.lastPathComponent).path)) }
    try expectIntact(repaired, ["a", "pipe"])
  }

  @Test(
    "Pooled and quantized answers have one shape whether they are read or re-run",
    arguments: [
      QuantizationScheme.pool(2), .poolWholeMap.then(.kbit(8)), .kbit(8), .threshold(0.9),
    ])
  func quantizedAnswers(scheme: QuantizationScheme) throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 500, weight: 2), as: Self.identity("q"), policy: .dedup.quantized(scheme))
    let key = "t.q.layer2.*"
    let read = try store.getIntermediates([key], rows: .ids([3, 7, 400]), plan: .read)[0]
    let rerun = try store.getIntermediates([key], rows: .ids([3, 7, 400]), plan: .rerun)[0]
    #expect(read.schema == rerun.schema && read.schema == scheme.pooledSchema(of: ToyNetwork.schema))
    let (lower, upper) = try store.getBounds(key, rows: .ids([3, 7, 400]))
    for row in 0..<3 {
      for column in 0..<read.matrix!.columns {
        #expect((lower[row, column]...upper[row, column]).contains(rerun.matrix![row, column]))
      }
    }
    guard scheme.values != .full else {
      #expect(read.isIdentical(to: rerun))
      #expect(throws: StoreError.self) { try store.getCodes(key) }
      return
    }
    let coded = try store.getCodes(key, rows: .ids([3, 7, 400]))
    #expect(
      coded.codes.enumerated().allSatisfy {
        Float(coded.representatives[Int($1)]) == read.matrix!.row($0 / read.matrix!.columns)[$0 % read.matrix!.columns]
      })
  }
}

extension TemporaryDirectory {
  /// Copies what a repair has set aside back into the store's partitions, as its user does once the files can be read.
  func copyBackSetAside() throws {
    for file in files().keys where file.hasPrefix("partitions.set-aside/") {
      let place = path + "/partitions/" + file.dropFirst("partitions.set-aside/".count)
      if !FileManager.default.fileExists(atPath: place) {
        try FileManager.default.copyItem(atPath: path + "/" + file, toPath: place)
      }
    }
  }
}
