import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// Backups that share their files with the store, as `cp -al` makes them.
@Suite struct LinkedBackupTests {
  private let folder = TemporaryDirectory("linked")
  private static let identity = ModelIdentity(project: "t", name: "a")

  private func demoted(_ name: String, backup: (URL) throws -> Void) throws -> ReclaimedStorage {
    let url = folder.url.appendingPathComponent(name)
    let store = try IntermediateStore.withToys(at: url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.identity, policy: .ladder(.absolute(0.05)))
    try backup(url)
    let reclaimed = try store.demote("layer1", of: Self.identity, to: .absolute(0.05))
    #expect(try store.verify().isIntact)
    return reclaimed
  }

  @Test("What is given back stays in a backup of hard links, and is not said to be given back")
  func holes() throws {
    let backup = folder.url.appendingPathComponent("backup")
    try FileManager.default.createDirectory(at: backup, withIntermediateDirectories: true)
    var before: [URL: Data] = [:]
    let linked = try demoted("linked") { url in
      let partitions = url.appendingPathComponent("partitions")
      for case let name as String in FileManager.default.enumerator(atPath: partitions.path)! where name.hasSuffix(".mqp") {
        let copy = backup.appendingPathComponent(URL(fileURLWithPath: name).lastPathComponent)
        try FileManager.default.linkItem(at: partitions.appendingPathComponent(name), to: copy)
        before[copy] = try Data(contentsOf: copy)
      }
    }
    #expect(!before.isEmpty)
    for (copy, bytes) in before { #expect(try Data(contentsOf: copy) == bytes, "\(copy.lastPathComponent)") }
    let alone = try demoted("alone") { _ in }
    #expect(linked.frames == alone.frames && linked.bytes < alone.bytes, "\(linked), \(alone)")
  }

  @Test("A file that lives on under another name alone counts as removed")
  func removed() throws {
    _ = try demoted("removed") { url in
      let partitions = url.appendingPathComponent("partitions")
      let files = FileManager.default.enumerator(atPath: partitions.path)!.compactMap { $0 as? String }.filter { $0.hasSuffix(".mqp") }
      let place = partitions.appendingPathComponent(try #require(files.first))
      let file = try PartitionFile(path: place.path)
      #expect(!file.isRemoved)
      let away = folder.url.appendingPathComponent("away")
      try FileManager.default.moveItem(at: place, to: away)
      #expect(file.isRemoved)
      // The same content, and another file.
      try FileManager.default.copyItem(at: away, to: place)
      #expect(file.isRemoved)
      #expect(try !PartitionFile(path: place.path).isRemoved)
    }
  }
}
