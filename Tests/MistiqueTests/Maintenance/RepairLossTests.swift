import Foundation
import GRDB
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// What must not be lost where a catalogue or a receipt cannot be read.
@Suite struct RepairLossTests {
  private let folder = TemporaryDirectory("repair-loss")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  private func fill(_ names: [String] = ["a", "b"]) throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    for (place, name) in names.enumerated() {
      try store.logIntermediates(of: ToyNetwork(rows: 300, weight: Float(place + 2)), as: Self.identity(name))
    }
    try store.close()
  }

  /// The partition file with a model's receipt.
  private func receiptFile(_ name: String) throws -> String {
    let store = try IntermediateStore.withToys(at: folder.url)
    let model = try #require(try store.opened.catalog.model(Self.identity(name)))
    let path = try store.opened.store.file(try #require(try store.opened.catalog.receipt(of: model)).partition).path
    try store.close()
    return path
  }

  private var partitions: Set<String> { Set(folder.files().keys.filter { $0.hasSuffix(".mqp") && !$0.contains("set-aside") }) }

  @Test("A model whose receipt cannot be read is reported, and what it has is set aside before the next writer comes")
  func damagedReceipt() throws {
    try fill()
    let path = try receiptFile("b")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var damaged = whole
    damaged[damaged.startIndex + 20] ^= 4
    try damaged.write(to: URL(fileURLWithPath: path))
    let before = partitions
    let report = try IntermediateStore.repair(at: folder.url)
    #expect(report.models == [Self.identity("a")])
    #expect(report.damagedFiles.count == 1 && report.damagedFiles[0].path == path, "\(report.damagedFiles)")
    do {
      let repaired = try IntermediateStore.withToys(at: folder.url)
      try repaired.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: Self.identity("next"))
      try repaired.close()
    }
    let aside = try #require(report.setAside).folder
    try folder.copyBackSetAside()
    #expect(FileManager.default.fileExists(atPath: aside.path))
    try whole.write(to: URL(fileURLWithPath: path))
    #expect(before.subtracting(partitions).isEmpty, "everything is there again")
    let again = try IntermediateStore.repair(at: folder.url)
    #expect(again.lost.isEmpty && again.damagedFiles.isEmpty && Set(again.models.map(\.name)) == ["a", "b", "next"])
    let store2 = try IntermediateStore.withToys(at: folder.url)
    #expect(try store2.verify().isIntact)
    #expect(try store2.getIntermediates(["t.b.layer2.*"], plan: .read)[0].matrix?.rows == 300)
  }

  @Test("A catalogue without tables is not taken for that of a new store, and repair has all models")
  func emptyCatalog() throws {
    try fill()
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.path + "/catalog.sqlite" + suffix) }
    try Data().write(to: folder.url.appendingPathComponent("catalog.sqlite"))
    let before = partitions
    #expect {
      let store = try IntermediateStore.withToys(at: folder.url)
      try store.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: Self.identity("next"))
    } throws: {
      ($0 as? StoreError)?.code == .catalogue && "\($0)".contains("repair")
    }
    #expect(partitions == before)
    #expect(try IntermediateStore.repair(at: folder.url).models.count == 2)
    #expect(try IntermediateStore.withToys(at: folder.url).verify().isIntact)
  }

  @Test("What is logged after a repair with losses has a number of its own, also when what was lost comes back")
  func numbers() throws {
    try fill(["a", "b"])
    let store = try IntermediateStore.withToys(at: folder.url)
    let b = try #require(try store.opened.catalog.model(Self.identity("b")))
    let manifest = try #require(try store.opened.catalog.intermediates(of: b)[2].manifest)
    let path = try store.opened.store.file(manifest.partition).path
    try store.close()
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.dropLast(10).write(to: URL(fileURLWithPath: path))
    let report = try IntermediateStore.repair(at: folder.url)
    #expect(report.lost.map(\.model) == [Self.identity("b")])
    let repaired = try IntermediateStore.withToys(at: folder.url)
    try repaired.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: Self.identity("b"))
    let again = try #require(try repaired.opened.catalog.model(Self.identity("b")))
    #expect(again.id > b.id)
    func values(_ store: IntermediateStore) throws -> [Float] {
      try #require(try store.getIntermediates(["t.b.layer2.*"], plan: .read)[0].matrix).withValues { Array($0) }
    }
    let newest = try values(repaired)
    try repaired.close()
    // What was lost comes back under the name that another model has now: that one, logged later, stays.
    try folder.copyBackSetAside()
    try whole.write(to: URL(fileURLWithPath: path))
    let both = try IntermediateStore.repair(at: folder.url)
    #expect(both.models == [Self.identity("a"), Self.identity("b")] && both.lost.map(\.model) == [Self.identity("b")], "\(both)")
    let last = try IntermediateStore.withToys(at: folder.url)
    #expect(try last.opened.catalog.model(Self.identity("b"))?.id == again.id)
    #expect(try values(last) == newest)
    #expect(try last.verify().isIntact)
  }

  @Test("A model whose receipt's file is missing is reported, and what else it has is set aside before the next writer comes")
  func missingReceipt() throws {
    try fill()
    let file = URL(fileURLWithPath: try receiptFile("b"))
    let whole = try Data(contentsOf: file)
    let before = partitions
    try FileManager.default.removeItem(at: file)
    let report = try IntermediateStore.repair(at: folder.url)
    #expect(report.models == [Self.identity("a")] && report.lost.map(\.model) == [Self.identity("b")], "\(report)")
    do {
      let repaired = try IntermediateStore.withToys(at: folder.url)
      try repaired.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: Self.identity("next"))
      try repaired.close()
    }
    try folder.copyBackSetAside()
    try whole.write(to: file)
    #expect(before.subtracting(partitions).isEmpty, "everything is there again")
    let again = try IntermediateStore.repair(at: folder.url)
    #expect(again.lost.isEmpty && Set(again.models.map(\.name)) == ["a", "b", "next"])
    #expect(try IntermediateStore.withToys(at: folder.url).verify().isIntact)
  }

  @Test("A store that was open during a repair writes nothing afterwards: its catalogue is not the store's any more")
  func openDuringRepair() throws {
    try fill(["a"])
    let idle = try IntermediateStore.withToys(at: folder.url)
    #expect(try idle.models().map(\.name) == ["a"])
    _ = try IntermediateStore.repair(at: folder.url)
    let other = try IntermediateStore.withToys(at: folder.url)
    try other.logIntermediates(of: ToyNetwork(rows: 300, weight: 7), as: Self.identity("b"))
    try other.close()
    let before = partitions
    func refused(_ body: () throws -> Void) {
      #expect { try body() } throws: { ($0 as? StoreError)?.code == .catalogue && "\($0)".contains("open it again") }
    }
    refused { try idle.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: Self.identity("c")) }
    refused { try idle.delete(Self.identity("a")) }
    refused { try idle.collectGarbage() }
    #expect(partitions == before)
    let again = try IntermediateStore.withToys(at: folder.url)
    #expect(try again.models().map(\.name) == ["a", "b"] && again.verify().isIntact)
    try again.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: Self.identity("c"))
  }

  @Test("An older catalogue, as of a copy without its log, costs no newer model its files")
  func olderCatalogue() throws {
    try fill(["a"])
    let names = ["catalog.sqlite", "catalog.sqlite-wal"].filter { FileManager.default.fileExists(atPath: folder.path + "/" + $0) }
    let older = try names.map { try Data(contentsOf: folder.url.appendingPathComponent($0)) }
    do {
      let store = try IntermediateStore.withToys(at: folder.url)
      try store.logIntermediates(of: ToyNetwork(rows: 300, weight: 7), as: Self.identity("b"))
      try store.close()
    }
    let before = partitions
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.path + "/catalog.sqlite" + suffix) }
    for (name, bytes) in zip(names, older) { try bytes.write(to: folder.url.appendingPathComponent(name)) }
    do {
      let store = try IntermediateStore.withToys(at: folder.url)
      #expect(try store.models().map(\.name) == ["a"])
      try store.logIntermediates(of: ToyNetwork(rows: 10, weight: 9), as: Self.identity("c"))
      try store.close()
    }
    try folder.copyBackSetAside()
    #expect(before.subtracting(partitions).isEmpty, "everything is there again")
    #expect(Set(try IntermediateStore.repair(at: folder.url).models.map(\.name)) == ["a", "b", "c"])
    let store = try IntermediateStore.withToys(at: folder.url)
    #expect(try store.verify().isIntact)
    #expect(try store.getIntermediates(["t.b.layer2.*"], plan: .read)[0].matrix?.rows == 300)
  }

  @Test("What the catalogue commits is on the disk before the commit returns")
  func durableCommits() throws {
    try fill(["a"])
    let store = try IntermediateStore.withToys(at: folder.url)
    // 2 is FULL: of NORMAL, which is 1, SQLite says that a commit may be undone by a power cut.
    #expect(try store.opened.catalog.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    try store.opened.catalog.reopen()
    #expect(try store.opened.catalog.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
  }

  @Test("A zero character is in no name: nothing is found, deleted or logged by what is before it")
  func zeroCharacter() throws {
    try fill(["a"])
    let store = try IntermediateStore.withToys(at: folder.url)
    func code(_ body: () throws -> Void) -> StoreError.Code? {
      do { try body() } catch { return (error as? StoreError)?.code }
      return nil
    }
    #expect(code { try store.delete(Self.identity("a\0old")) } == .notFound)
    let key = IntermediateKey(model: Self.identity("a\0x"), intermediate: "layer1")
    #expect(code { _ = try store.getIntermediates([key]) } == .notFound)
    let other = IntermediateKey(model: Self.identity("a"), intermediate: "layer1\0x")
    let own = IntermediateKey(model: Self.identity("a"), intermediate: "layer1")
    #expect(code { _ = try store.getIntermediates([own, other], plan: .rerun) } == .notFound)
    #expect(code { try store.logIntermediates(of: ToyNetwork(rows: 3, weight: 1), as: Self.identity("b\0c")) } == .invalid)
    #expect(try store.models().map(\.name) == ["a"])
  }

  @Test(
    "A number of rows that cannot be is an error of a re-run, and no end of the process", arguments: [Int64(1) << 62, 1_000_000_000_000])
  func rows(_ rows: Int64) throws {
    do {
      let store = try IntermediateStore.withToys(at: folder.url)
      try store.logIntermediates(of: ToyNetwork(rows: 300, weight: 2), as: Self.identity("a"), policy: .none)
      try store.opened.catalog.write { try $0.execute(sql: "UPDATE intermediate SET rows = ?", arguments: [rows]) }
      try store.close()
    }
    let store = try IntermediateStore.withToys(at: folder.url)
    #expect(throws: StoreError.self) { try store.getIntermediates(["t.a.layer1.*"], plan: .rerun) }
  }
}
