import Foundation
import GRDB
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// Commits that the catalogue does not take, and what deleting does on a full disk.
@Suite struct FailedCommitTests {
  private let folder = TemporaryDirectory("commit")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }
  private var partitions: Set<String> { Set(folder.files().keys.filter { $0.hasSuffix(".mqp") }) }

  @Test("Files of a model whose row cannot be written are removed at once, and the model can be logged later")
  func refusedRow() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: Self.identity("a"))
    let before = partitions
    try store.opened.catalog.write {
      try $0.execute(sql: "CREATE TRIGGER refuse BEFORE INSERT ON model BEGIN SELECT RAISE(ABORT, 'refused'); END")
    }
    #expect { try store.logIntermediates(of: ToyNetwork(rows: 60, weight: 5), as: Self.identity("b")) } throws: {
      "\($0)".contains("refused")
    }
    #expect(partitions == before)
    try store.opened.catalog.write { try $0.execute(sql: "DROP TRIGGER refuse") }
    try store.logIntermediates(of: ToyNetwork(rows: 60, weight: 5), as: Self.identity("b"))
    #expect(try store.verify().isIntact)
    #expect(try store.getIntermediates(["t.b.layer2.*"], plan: .read)[0].matrix?.rows == 60)
  }

  @Test("The space that is kept back is used whichever way a full disk is reported, once")
  func reserve() throws {
    let full = StoreError(.diskFull, "full", at: "here", remedy: "Free space.")
    let errors: [any Error] = [full, CocoaError(.fileWriteOutOfSpace)]
    for error in errors {
      let store = try IntermediateStore.withToys(at: folder.url.appendingPathComponent("\(type(of: error))"))
      try store.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: Self.identity("a"))
      var attempts = 0
      func fail(times: Int) throws {
        attempts += 1
        if attempts <= times { throw error }
      }
      try store.opened.withReserve { try fail(times: 1) }
      #expect(attempts == 2)
      attempts = 0
      #expect(throws: (any Error).self) { try store.opened.withReserve { try fail(times: 1) } }
      #expect(attempts == 1, "there is no more of it")
    }
  }
}
