import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Mistique

/// Stores that others read, write or make at the same time, and stores that cannot be written.
@Suite(.serialized) struct SharedStoreTests {
  private let folder = TemporaryDirectory("shared")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  private func expectReadable(_ url: URL, _ policies: [String: StoragePolicy], _ comment: Comment) throws {
    let store = try IntermediateStore.withToys(at: url)
    #expect(try Set(store.models().map(\.identity.name)) == Set(policies.keys), comment)
    for name in policies.keys {
      let values = try store.getIntermediates(["t.\(name).layer2.n0_0_0"])[0].matrix!.column(0)
      #expect(values == (0..<50).map { ToyNetwork.value(layer: 2, row: $0, column: 0, weight: 3) }, comment)
    }
    #expect(try store.verify().isIntact, comment)
    _ = try store.intermediates(of: Self.identity("stored"))
    _ = try store.storage()
    try store.close()
  }

  @Test("A partition that was given back in part, removed and written again is read from its new file", arguments: [true, false])
  func writtenAgain(demotes: Bool) throws {
    let (writer, reader) = (try IntermediateStore.withToys(at: folder.url), try IntermediateStore.withToys(at: folder.url))
    let (a, b) = (Self.identity("a"), Self.identity("b"))
    func log(_ identity: ModelIdentity, weight: Int) throws {
      try writer.logIntermediates(of: ToyNetwork(rows: 3000, weight: Float(weight)), as: identity, policy: .ladder(.absolute(0.05)))
    }
    func read() throws -> IntermediateResult { try reader.getIntermediates(["t.a.layer1.*"], plan: .read)[0] }
    try log(a, weight: 2)
    let before = try read()
    if demotes { try writer.demote("layer1", of: a, to: .absolute(0.05)) } else { try log(b, weight: 3) }
    try writer.delete(a)
    if !demotes { try writer.delete(b) }
    try log(a, weight: 2)
    let after = try read()
    #expect(after.isExact && after.isIdentical(to: before))
  }

  @Test("A partition file under another's name is damage, and not another model's values")
  func misplaced() throws {
    do {
      let store = try IntermediateStore.withToys(at: folder.url)
      for weight in 2...3 {
        try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: Float(weight)), as: Self.identity("m\(weight)"), policy: .storeAll)
      }
      try store.close()
    }
    let partitions = folder.files().filter { $0.key.hasSuffix(".mqp") }.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
    let (first, second) = (folder.url.appendingPathComponent(partitions[0].key), folder.url.appendingPathComponent(partitions[1].key))
    let content = try Data(contentsOf: first)
    try content.write(to: second)
    let store = try IntermediateStore.withToys(at: folder.url)
    let answers = (2...3).flatMap { weight in (0..<3).map { "t.m\(weight).layer\($0).*" } }.map { key in
      Result { try store.getIntermediates([key], plan: .read)[0] }
    }
    let failures = answers.compactMap { if case .failure(let error) = $0 { error as? StoreError } else { nil } }
    #expect(!failures.isEmpty && failures.allSatisfy { $0.code == .corrupt && $0.what.contains("the content is that of partition") })
  }

  @Test("A file system that cannot be written is read, re-run and verified; writing says why not", .enabled(if: SmallDisk.isPossible))
  func readOnly() throws {
    let disk = try SmallDisk(megabytes: 16)
    let url = disk.url.appendingPathComponent("store")
    let policies: [String: StoragePolicy] = ["stored": .dedup, "bare": .none, "adaptive": try! .adaptive(gamma: 0)]
    let store = try IntermediateStore.withToys(at: url)
    for (name, policy) in policies {
      try store.logIntermediates(of: ToyNetwork(rows: 50, weight: 3), as: Self.identity(name), policy: policy)
    }
    // With its write-ahead log, as beside a writer or after a kill, and without.
    for isClosed in [false, true] {
      if isClosed { try store.close() }
      let before = disk.files()
      try disk.makeReadOnly(true)
      try expectReadable(url, policies, "closed: \(isClosed)")
      let reader = try IntermediateStore.withToys(at: url)
      // Worth storing or not, which depends on the time reading takes here, it is answered and not stored.
      switch try reader.getIntermediates(["t.adaptive.layer2.*"], plan: .rerun)[0].materialized {
      case .stored: Issue.record("stored on a file system that cannot be written")
      case .postponed(let reason): #expect(reason.contains("can only be read"))
      case nil: break
      }
      #expect { try reader.logIntermediates(of: ToyNetwork(rows: 5, weight: 1), as: Self.identity("new")) } throws: {
        "\($0)".contains("can only be read")
      }
      #expect { try reader.delete(Self.identity("bare")) } throws: { "\($0)".contains("can only be read") }
      #expect { try reader.collectGarbage() } throws: { $0 is StoreError }
      try disk.makeReadOnly(false)
      #expect(disk.files() == before)
    }
    let again = try IntermediateStore.withToys(at: url)
    try again.delete(Self.identity("bare"))
  }

  @Test("What can only read says that a model was deleted, or logged again, since it opened the store", .enabled(if: SmallDisk.isPossible))
  func changedSinceOpened() throws {
    let disk = try SmallDisk(megabytes: 16)
    let url = disk.url.appendingPathComponent("store")
    let store = try IntermediateStore.withToys(at: url)
    for name in ["kept", "gone", "again"] {
      try store.logIntermediates(of: ToyNetwork(rows: 50, weight: Float(name.count) + (name == "gone" ? 2 : 0)), as: Self.identity(name))
    }
    try store.close()
    try disk.makeReadOnly(true)
    let reader = try IntermediateStore.withToys(at: url)
    try disk.makeReadOnly(false)
    let owner = try IntermediateStore.withToys(at: url)
    for name in ["gone", "again"] { try owner.delete(Self.identity(name)) }
    try owner.logIntermediates(of: ToyNetwork(rows: 50, weight: 9), as: Self.identity("again"))
    #expect(try reader.getIntermediates(["t.kept.layer1.*"], plan: .read)[0].rowIDs.count == 50)
    #expect { try reader.getIntermediates(["t.gone.layer1.*"], plan: .read) } throws: {
      "\($0)".contains("the model was deleted while it was read")
    }
    #expect { try reader.getIntermediates(["t.again.layer1.*"], plan: .read) } throws: { "\($0)".contains("Open the store again") }
  }

  @Test("On a full disk everything is read, and deleting makes room", .enabled(if: SmallDisk.isPossible))
  func fullDisk() throws {
    let disk = try SmallDisk(megabytes: 8)
    let url = disk.url.appendingPathComponent("store")
    let policies: [String: StoragePolicy] = ["stored": .dedup, "other": .dedup]
    do {
      let store = try IntermediateStore.withToys(at: url)
      for (name, policy) in policies {
        try store.logIntermediates(of: ToyNetwork(rows: 50, weight: 3), as: Self.identity(name), policy: policy)
      }
      try store.close()
    }
    let filler = try disk.fill()
    try expectReadable(url, policies, "full")
    let store = try IntermediateStore.withToys(at: url)
    try store.delete(Self.identity("other"))
    #expect(try store.models().map(\.identity.name) == ["stored"])
    try store.close()
    try expectReadable(url, ["stored": .dedup], "after deleting")
    try FileManager.default.removeItem(at: filler)
    let after = try IntermediateStore.withToys(at: url)
    try after.logIntermediates(of: ToyNetwork(rows: 50, weight: 4), as: Self.identity("new"))
    #expect(try after.verify().isIntact)
  }

  @Test("Many who make one store at once make one, and who may not write says that another does")
  func creation() throws {
    for round in 0..<20 {
      let url = folder.url.appendingPathComponent("new \(round)")
      let outcomes = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 6) { number in
        let outcome: String
        do {
          let store = try IntermediateStore(at: url)
          try store.logIntermediates(of: ToyNetwork(rows: 20, weight: Float(number)), as: Self.identity("m\(number)"))
          try store.close()
          outcome = "logged"
        } catch let error as StoreError where error.code == .locked {
          outcome = "locked"
        } catch {
          outcome = "\(error)"
        }
        outcomes.withLock { $0.append(outcome) }
      }
      let found = outcomes.withLock { $0 }
      #expect(found.allSatisfy { $0 == "logged" || $0 == "locked" }, "round \(round): \(found)")
      let store = try IntermediateStore(at: url)
      #expect(try store.models().count == found.count { $0 == "logged" } && store.verify().isIntact, "round \(round)")
    }
  }

  @Test("Who is patient waits for the other writer and then writes")
  func patience() throws {
    let url = folder.url.appendingPathComponent("patient")
    let waits = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 4) { number in
      var options = StoreOptions()
      options.writerPatience = .seconds(60)
      options.whenWaiting = { waits.withLock { $0 += 1 } }
      // A failure ends the test with its text.
      let store = try! IntermediateStore(at: url, options: options)
      try! store.logIntermediates(of: ToyNetwork(rows: 20, weight: Float(number)), as: Self.identity("m\(number)"))
      try! store.close()
    }
    #expect(try IntermediateStore(at: url).models().count == 4)
    // A wait can be broken off.
    let holder = try IntermediateStore(at: url)
    try holder.logIntermediates(of: ToyNetwork(rows: 20, weight: 9), as: Self.identity("holder"))
    var options = StoreOptions()
    options.writerPatience = .seconds(60)
    let waiting = try IntermediateStore(at: url, options: options)
    #expect(throws: CancellationError.self) {
      try waiting.logIntermediates(of: ToyNetwork(rows: 20, weight: 1), as: Self.identity("x")) { true }
    }
    try holder.close()
  }

  @Test("A handle that asks and stores what an adaptive policy finds worth it leaves the right to write to others")
  func adaptiveLetsGo() throws {
    let url = folder.url.appendingPathComponent("adaptive")
    let asking = try IntermediateStore.withToys(at: url)
    do {
      let logging = try IntermediateStore.withToys(at: url)
      try logging.logIntermediates(of: ToyNetwork(rows: 50, weight: 3), as: Self.identity("m"), policy: try .adaptive(gamma: 0))
      try logging.close()
    }
    let answer = try asking.getIntermediates(["t.m.layer2.*"])[0]
    guard case .stored? = answer.materialized else { throw ToyFailure.damaged }
    try IntermediateStore(at: url).collectGarbage()
    try IntermediateStore(at: url).delete(Self.identity("m"))
  }

  /// A closed store with a network `a` and a pipeline `b`.
  private func twoModels(_ name: String) throws -> URL {
    let url = folder.url.appendingPathComponent(name)
    let store = try IntermediateStore.withToys(at: url)
    try store.logIntermediates(of: ToyNetwork(rows: 50, weight: 3), as: Self.identity("a"))
    try store.logIntermediates(of: ToyPipeline(shift: 2), as: Self.identity("b"))
    try store.close()
    return url
  }

  /// Changes the catalogue as nothing but a fault would.
  private func change(_ url: URL, _ sql: String) throws {
    let queue = try DatabaseQueue(path: url.appendingPathComponent("catalog.sqlite").path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  private func partitionFiles(_ url: URL) -> Set<String> {
    let files = FileManager.default.enumerator(atPath: url.appendingPathComponent("partitions").path)!
    return Set(files.compactMap { $0 as? String }.filter { $0.hasSuffix(".mqp") })
  }

  @Test(
    "A partition that the catalogue names wrongly costs no file: writing is refused first",
    arguments: [
      "UPDATE partition SET id = 'not a partition' WHERE id = (SELECT min(id) FROM partition)",
      "UPDATE partition SET id = upper(id) WHERE id = (SELECT min(id) FROM partition)",
      "UPDATE partition SET id = '0123456789abcdef0123456789abcdef' WHERE id = (SELECT min(id) FROM partition)",
      "UPDATE partition SET id = '' WHERE id = (SELECT max(id) FROM partition)",
      "UPDATE partition SET id = 'é' || id WHERE id = (SELECT max(id) FROM partition)",
      "DELETE FROM partition WHERE id = (SELECT min(id) FROM partition)",
      "DELETE FROM partition WHERE id = (SELECT max(id) FROM partition)",
      "DELETE FROM partition",
      "UPDATE partition SET id = x'00ff' WHERE id = (SELECT min(id) FROM partition)",
    ])
  func wrongNames(sql: String) throws {
    let url = try twoModels("wrong")
    let files = partitionFiles(url)
    try change(url, sql)
    for attempt in 0..<2 {
      let store = try IntermediateStore.withToys(at: url)
      #expect("attempt \(attempt)") { try store.logIntermediates(of: ToyPipeline(shift: 3), as: Self.identity("c")) } throws: { _ in true }
      #expect("attempt \(attempt)") { try store.collectGarbage() } throws: { _ in true }
      #expect("attempt \(attempt)") { try store.delete(Self.identity("a")) } throws: { _ in true }
      #expect(partitionFiles(url) == files, "attempt \(attempt)")
    }
    #expect(try Set(IntermediateStore.repair(at: url).models.map(\.name)) == ["a", "b"])
    let store = try IntermediateStore.withToys(at: url)
    #expect(try store.verify().isIntact)
    #expect(try store.getIntermediates(["t.a.layer2.n0_0_0"], plan: .read)[0].rowIDs.count == 50)
  }

  @Test(
    "A reference of the catalogue to a record that is not there frees nothing, and verify finds it",
    arguments: [
      "UPDATE model SET receiptIndex = 999999", "UPDATE model SET receiptIndex = -1", "UPDATE transformer SET chunk = -5",
      "UPDATE transformer SET chunk = 77", "UPDATE model SET receiptIndex = 'x'",
      "UPDATE model SET (receiptPartition, receiptIndex) = (SELECT partition, chunk FROM transformer)",
    ])
  func wrongPlaces(sql: String) throws {
    let url = try twoModels("places")
    let files = partitionFiles(url)
    try change(url, sql)
    let store = try IntermediateStore.withToys(at: url)
    #expect(try !store.verify().isIntact)
    #expect { try store.collectGarbage() } throws: { $0 is StoreError }
    try store.close()
    #expect(partitionFiles(url) == files)
    #expect(try Set(IntermediateStore.repair(at: url).models.map(\.name)) == ["a", "b"])
    #expect(try IntermediateStore.withToys(at: url).verify().isIntact)
  }

  @Test("A committed partition that is missing is named by who logs next, and nothing is removed for it")
  func missingPartition() throws {
    let url = folder.url.appendingPathComponent("missing")
    do {
      let store = try IntermediateStore.withToys(at: url)
      try store.logIntermediates(of: ToyNetwork(rows: 50, weight: 3), as: Self.identity("a"))
      try store.close()
    }
    let lost = try #require(partitionFiles(url).sorted().first)
    try FileManager.default.removeItem(at: url.appendingPathComponent("partitions/\(lost)"))
    let orphan = url.appendingPathComponent("partitions/00/0123456789abcdef0123456789abcdef.mqp")
    try FileManager.default.createDirectory(at: orphan.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("x".utf8).write(to: orphan)
    let files = partitionFiles(url)
    let store = try IntermediateStore.withToys(at: url)
    let report = try store.logIntermediates(of: ToyPipeline(shift: 3), as: Self.identity("c"))
    #expect(report.damagedPartitions.map(\.file) == [url.appendingPathComponent("partitions/\(lost)").path])
    try store.close()
    #expect(partitionFiles(url).isSuperset(of: files))
    #expect(try IntermediateStore.withToys(at: url).models().contains { $0.name == "c" })
  }

  @Test("What cannot be measured after a commit does not say that nothing was logged")
  func failingCalibration() throws {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent("uncalibrated"))
    store.register(kind: ToyNetwork.kind) { _ in throw ToyFailure.asked }
    let report = try store.logIntermediates(of: ToyNetwork(rows: 50, weight: 3), as: Self.identity("a"))
    #expect(report.calibrationFailure?.contains("asked") == true)
    #expect(try store.models().count == 1)
    try store.logIntermediates(of: ToyNetwork(rows: 50, weight: 4), as: Self.identity("b"))
  }
}
