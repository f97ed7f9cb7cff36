import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// Logging, asking and deleting beside a partition file that is damaged or missing.
@Suite struct DamagedPartitionTests {
  private let folder = TemporaryDirectory("damaged-partition")
  private static let a = ModelIdentity(project: "t", name: "a")
  private static let b = ModelIdentity(project: "t", name: "b")

  /// What a partition of model `a` holds: values of its first intermediate, the records of that, or a record that refers to nothing.
  enum Content: Sendable {
    case values, column, manifest, receipt, part

    fileprivate func place(in store: IntermediateStore) throws -> ChunkReference {
      switch self {
      case .values: try store.places(of: "step 0", in: DamagedPartitionTests.a).chunk
      case .column: try store.places(of: "step 0", in: DamagedPartitionTests.a).column
      case .manifest: try store.places(of: "step 0", in: DamagedPartitionTests.a).manifest
      case .receipt: try store.opened.model(DamagedPartitionTests.a).receipt
      case .part:
        try #require(try store.opened.catalog.transformers(of: store.opened.model(DamagedPartitionTests.a)).first).blob
      }
    }
  }

  private func store() throws -> IntermediateStore { try .withRecipes(at: folder.url) }

  private static func plan(_ parameters: [Int], hasFrames: Bool = false) -> RecipeModel.Plan {
    .chain(parameters, rows: 2500, hasFrames: hasFrames)
  }

  /// Logs model `a`, and gives one of its partitions.
  private func logged(_ plan: RecipeModel.Plan, _ content: Content = .values) throws -> HarmedPartition {
    let store = try store()
    try store.logIntermediates(of: RecipeModel(plan), as: Self.a)
    let partition = try HarmedPartition(with: try content.place(in: store), of: store)
    try store.close()
    return partition
  }

  private static func isDamage(_ error: any Error, of partition: HarmedPartition) -> Bool {
    guard let error = error as? StoreError else { return false }
    return [.corrupt, .notFound].contains(error.code) && "\(error)".contains(partition.path)
  }

  private var partitions: Set<String> { Set(folder.files().keys.filter { $0.hasSuffix(".mqp") && !$0.contains("set-aside") }) }

  @Test(
    "What lies in a damaged partition is computed and stored anew, a warning names the file, and nothing happens to it",
    arguments: PartitionHarm.allCases, [false, true])
  func logging(harm: PartitionHarm, hasFrames: Bool) throws {
    let (first, second) = (Self.plan([1, 2, 3, 4], hasFrames: hasFrames), Self.plan([1, 2, 3, 9], hasFrames: hasFrames))
    let partition = try logged(first)
    try partition.harm(harm)
    let harmed = partition.content
    do {
      let store = try store()
      let report = try store.logIntermediates(of: RecipeModel(second), as: Self.b)
      #expect(report.stagesRun.contains("step 0") && report.stagesRun.contains("step 3"), "\(report.stagesRun)")
      #expect(report.damaged.contains { $0.name == "step 0" && $0.reason.contains(partition.path) }, "\(report.damaged)")
      #expect(report.damagedPartitions.map(\.file) == (harm == .body ? [] : [partition.path]))
      #expect(report.warnings.contains { $0.contains(partition.path) }, "\(report.warnings)")
      #expect(try store.differing(from: second, Self.b).isEmpty)
      #expect { try store.getIntermediates(["t.a.`step 0`.*"], plan: .read) } throws: { Self.isDamage($0, of: partition) }
      #expect(try store.differing(from: first, Self.a, how: .rerun).isEmpty)
      let again = try store.logIntermediates(of: RecipeModel(second), as: ModelIdentity(project: "t", name: "again"))
      #expect(again.stagesRun.isEmpty, "what was stored anew is found")
      try store.close()
      #expect(partition.content == harmed)
      let verified = try store.verify()
      #expect(verified.damagedModels.contains(Self.a) && verified.problems.contains { $0.contains(partition.path) })
      if harm != .body { #expect(verified.damagedModels == [Self.a], "nothing of the others is in it") }
    }
    try partition.restore()
    let store = try store()
    #expect(try store.verify().isIntact)
    #expect(try store.differing(from: first, Self.a).isEmpty && store.differing(from: second, Self.b).isEmpty)
  }

  @Test("Deleting one of two models beside the damage leaves the other as it is", arguments: PartitionHarm.allCases, [false, true])
  func deletion(harm: PartitionHarm, deletesDamaged: Bool) throws {
    let (first, second) = (Self.plan([1, 2, 3, 4], hasFrames: true), Self.plan([1, 2, 3, 9], hasFrames: true))
    let partition = try logged(first)
    try partition.harm(harm)
    let harmed = partition.content
    let store = try store()
    try store.logIntermediates(of: RecipeModel(second), as: Self.b)
    try store.delete(deletesDamaged ? Self.a : Self.b)
    guard !deletesDamaged else {
      #expect(try store.differing(from: second, Self.b).isEmpty)
      #expect(try store.verify().isIntact, "the damage is gone with the model")
      return
    }
    #expect(partition.content == harmed)
    #expect(try store.differing(from: first, Self.a, how: .rerun).isEmpty)
    try store.close()
    try partition.restore()
    let restored = try self.store()
    #expect(try restored.verify().isIntact && restored.differing(from: first, Self.a).isEmpty)
  }

  @Test(
    "A model is logged beside damaged records of an equal one, and nothing is deleted while nobody knows what that one needs",
    arguments: [Content.column, .manifest], PartitionHarm.allCases)
  func records(record: Content, harm: PartitionHarm) throws {
    let plan = Self.plan([1, 2, 3, 4])
    let partition = try logged(plan, record)
    try partition.harm(harm)
    let store = try store()
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.b)
    #expect(report.stagesRun.count == 4 && report.reused.isEmpty)
    #expect(report.warnings.contains { $0.contains(partition.path) }, "\(report.warnings)")
    #expect(try store.differing(from: plan, Self.b).isEmpty)
    #expect { try store.getIntermediates(["t.a.`step 0`.*"], plan: .read) } throws: { Self.isDamage($0, of: partition) }
    let before = partitions
    #expect { try store.delete(Self.b) } throws: { Self.isDamage($0, of: partition) }
    #expect(try partitions == before && store.models().map(\.identity) == [Self.a, Self.b])
    try store.delete(Self.a)
    #expect(try store.differing(from: plan, Self.b).isEmpty)
    #expect(try store.verify().isIntact)
  }

  @Test(
    "Beside a damaged receipt or trained part, which refer to nothing, models are logged and deleted",
    arguments: [Content.receipt, .part], PartitionHarm.allCases)
  func leaves(record: Content, harm: PartitionHarm) throws {
    var plan = Self.plan([1, 2, 3, 4], hasFrames: true)
    plan.steps[1].trains = true
    let partition = try logged(plan, record)
    try partition.harm(harm)
    let harmed = partition.content
    do {
      let store = try store()
      let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.b)
      #expect(report.warnings.contains { $0.contains(partition.path) }, "\(report.warnings)")
      #expect(try store.differing(from: plan, Self.b).isEmpty)
      try store.delete(Self.b)
      try store.collectGarbage()
      try store.close()
    }
    #expect(partition.content == harmed)
    try partition.restore()
    let store = try store()
    #expect(try store.verify().isIntact && store.differing(from: plan, Self.a).isEmpty)
    #expect(try store.differing(from: plan, Self.a, how: .rerun).isEmpty)
  }

  @Test("Where no partition is there, as when their disk is not mounted, nothing is written")
  func noneThere() throws {
    _ = try logged(Self.plan([1, 2]))
    for file in partitions { try FileManager.default.removeItem(at: folder.url.appendingPathComponent(file)) }
    let store = try store()
    #expect { try store.logIntermediates(of: RecipeModel(Self.plan([1, 3])), as: Self.b) } throws: {
      ($0 as? StoreError)?.code == .notFound && "\($0)".contains("none of the")
    }
    #expect(try partitions.isEmpty && store.models().map(\.identity) == [Self.a])
  }

  // MARK: Files that the catalogue does not list

  @Test("Beside a damaged partition an older catalogue is not written to: what it does not list may be models that it has never heard of")
  func olderCatalogue() throws {
    let partition = try logged(Self.plan([1, 2]))
    let catalogue = ["catalog.sqlite", "catalog.sqlite-wal"].map { folder.url.appendingPathComponent($0) }
    let older = catalogue.map { FileManager.default.contents(atPath: $0.path) }
    do {
      let store = try store()
      try store.logIntermediates(of: RecipeModel(Self.plan([5, 6])), as: Self.b)
      try store.close()
    }
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: catalogue[0].path + suffix) }
    for (file, bytes) in zip(catalogue, older) { try bytes?.write(to: file) }
    try partition.harm(.truncation)
    let before = partitions
    do {
      let store = try store()
      #expect { try store.logIntermediates(of: RecipeModel(Self.plan([7])), as: Self.b) } throws: {
        Self.isDamage($0, of: partition) && "\($0)".contains("does not list")
      }
    }
    #expect(partitions == before)
    try partition.restore()
    try store().logIntermediates(of: RecipeModel(Self.plan([7])), as: Self.b)
    #expect(!before.isSubset(of: partitions), "without damage the files of the other model are set aside")
  }

  @Test("A file that an interrupted writer left beside a damaged partition is set aside, or keeps the store from being written")
  func leftover() throws {
    let plan = Self.plan([1, 2])
    let values = try logged(plan)
    let manifest: HarmedPartition
    do {
      let store = try store()
      manifest = try HarmedPartition(with: try Content.manifest.place(in: store), of: store)
    }
    let elsewhere = TemporaryDirectory("elsewhere")
    let other = try IntermediateStore.withRecipes(at: elsewhere.url)
    try other.logIntermediates(of: RecipeModel(Self.plan([8])), as: Self.a)
    let foreign = try HarmedPartition(with: try other.places(of: "step 0", in: Self.a).chunk, of: other)
    let name = foreign.path.split(separator: "/").suffix(2).joined(separator: "/")
    let left = folder.url.appendingPathComponent("partitions/\(name)")
    try FileManager.default.createDirectory(at: left.deletingLastPathComponent(), withIntermediateDirectories: true)
    try #require(foreign.content).write(to: left)
    // What step 0 needs is in the damaged manifest: it may be this file.
    try manifest.harm(.truncation)
    let before = partitions
    do {
      let store = try store()
      #expect { try store.logIntermediates(of: RecipeModel(Self.plan([1, 3])), as: Self.b) } throws: {
        Self.isDamage($0, of: manifest) && "\($0)".contains("does not list")
      }
    }
    #expect(partitions == before)
    try manifest.restore()
    // All that step 0 needs is known, and this file is not among it.
    try values.harm(.truncation)
    let store = try store()
    let report = try store.logIntermediates(of: RecipeModel(Self.plan([1, 3])), as: Self.b)
    #expect(report.damagedPartitions.map(\.file) == [values.path])
    #expect(!FileManager.default.fileExists(atPath: left.path))
    #expect(FileManager.default.contents(atPath: folder.path + "/partitions.set-aside/\(name)") == foreign.content)
  }
}
