import Foundation
import GRDB
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// What keeps a catalogue from being taken for another, and from losing its locks.
@Suite struct CatalogueGuardTests {
  private let folder = TemporaryDirectory("guard")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }
  private var catalogue: URL { folder.url.appendingPathComponent("catalog.sqlite") }

  /// Whether somebody has a record lock on the file, as the descriptor of another file description sees it.
  private func isLocked(_ descriptor: Int32) throws -> Bool {
    var request = flock()
    request.l_whence = Int16(SEEK_SET)
    request.l_type = Int16(F_WRLCK)
    // F_OFD_GETLK, which Swift does not import.
    let answer = fcntl(descriptor, 36, &request)
    try #require(answer == 0)
    return request.l_type != Int16(F_UNLCK)
  }

  @Test("Copying the catalogue for reading takes no lock from a handle of this process that has it open")
  func locksStay() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 20, weight: 2), as: Self.identity("a"))
    // Not closed: that would take the locks, too.
    let descriptor = open(catalogue.path, O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    #expect(try isLocked(descriptor))
    for _ in 0..<2 { #expect(try MetadataDB.models(inCopyOf: catalogue.path) == [Self.identity("a")]) }
    #expect(try isLocked(descriptor))
    try store.logIntermediates(of: ToyNetwork(rows: 20, weight: 3), as: Self.identity("b"))
    #expect(try MetadataDB.models(inCopyOf: catalogue.path) == [Self.identity("a"), Self.identity("b")])
  }

  @Test("Beside somebody who reads the catalogue for long, the store says what it takes and deletes")
  func longReader() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    for name in ["a", "b"] {
      try store.logIntermediates(of: ToyNetwork(rows: 20, weight: Float(name.utf8.first!)), as: Self.identity(name))
    }
    // Nothing is waited for, as after ten seconds.
    try store.opened.catalog.write { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
    let other = try DatabaseQueue(path: catalogue.path)
    try other.read { database in
      #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM model") == 2)
      try store.opened.catalog.write { try $0.execute(sql: "UPDATE intermediate SET queries = queries + 1") }
      #expect { try store.opened.catalog.checkpoint(mayFail: false) } throws: { ($0 as? StoreError)?.code == .locked }
      #expect(try store.storage().partitions > 0)
      try store.delete(Self.identity("b"))
    }
    #expect(try store.models().map(\.name) == ["a"])
  }

  @Test("No catalogue is made where a repair has moved the old one away, and partitions are there")
  func noneOverPartitions() throws {
    try log("a", weight: 2)
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: catalogue.path + suffix) }
    #expect { try MetadataDB(directory: folder.path) } throws: { ($0 as? StoreError)?.code == .catalogue && "\($0)".contains("missing") }
    #expect(!FileManager.default.fileExists(atPath: catalogue.path))
  }

  private var partitions: Set<String> { Set(folder.files().keys.filter { $0.hasSuffix(".mqp") && !$0.contains("set-aside") }) }

  private func log(_ name: String, weight: Float) throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 300, weight: weight), as: Self.identity(name))
    try store.close()
  }

  @Test("An older catalogue costs no newer model its files, also where that one's receipt cannot be read")
  func unreadableReceipt() throws {
    try log("a", weight: 2)
    let names = ["catalog.sqlite", "catalog.sqlite-wal"].filter { FileManager.default.fileExists(atPath: folder.path + "/" + $0) }
    let older = try names.map { try Data(contentsOf: folder.url.appendingPathComponent($0)) }
    try log("b", weight: 7)
    let before = partitions
    let receipt: URL
    do {
      let store = try IntermediateStore.withToys(at: folder.url)
      let model = try #require(try store.opened.catalog.model(Self.identity("b")))
      receipt = URL(fileURLWithPath: try store.opened.store.file(try #require(try store.opened.catalog.receipt(of: model)).partition).path)
      try store.close()
    }
    let whole = try Data(contentsOf: receipt)
    try whole.dropLast(10).write(to: receipt)
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: catalogue.path + suffix) }
    for (name, bytes) in zip(names, older) { try bytes.write(to: folder.url.appendingPathComponent(name)) }
    try log("c", weight: 9)
    try folder.copyBackSetAside()
    #expect(before.subtracting(partitions).isEmpty, "everything is there again")
    try whole.write(to: receipt)
    #expect(Set(try IntermediateStore.repair(at: folder.url).models.map(\.name)) == ["a", "b", "c"])
  }
}
