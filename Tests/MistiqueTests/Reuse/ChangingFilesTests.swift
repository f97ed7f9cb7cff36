import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// One handle that goes on logging while partition files go, come back, and appear.
@Suite struct ChangingFilesTests {
  private let folder = TemporaryDirectory("changing-files")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  private static func plan(_ parameters: [Int]) -> RecipeModel.Plan { .chain(parameters, rows: 2500, hasFrames: true) }

  private var partitions: Set<String> { Set(folder.files().keys.filter { $0.hasSuffix(".mqp") && !$0.contains("set-aside") }) }

  @Test(
    "A file that comes back is used again by a handle that had passed it over", arguments: [PartitionHarm.missing, .truncation, .footer])
  func restored(harm: PartitionHarm) throws {
    let (first, second, third) = (Self.plan([1, 2, 3, 4]), Self.plan([5, 6]), Self.plan([1, 8, 5]))
    let partition: HarmedPartition
    do {
      let store = try IntermediateStore.withRecipes(at: folder.url)
      try store.logIntermediates(of: RecipeModel(first), as: Self.identity("a"))
      partition = try HarmedPartition(with: try store.places(of: "step 0", in: Self.identity("a")).chunk, of: store)
      try store.close()
    }
    try partition.harm(harm)
    let store = try IntermediateStore.withRecipes(at: folder.url)
    let beside = try store.logIntermediates(of: RecipeModel(second), as: Self.identity("b"))
    #expect(beside.damagedPartitions.map(\.file) == [partition.path])
    try partition.restore()
    // Its second step passes on a column of the first, which is reused.
    let report = try store.logIntermediates(of: RecipeModel(third), as: Self.identity("c"))
    #expect(report.warnings.isEmpty && report.reused.map(\.name) == ["step 0"], "\(report.warnings)")
    for (plan, name) in [(first, "a"), (second, "b"), (third, "c")] {
      #expect(try store.differing(from: plan, Self.identity(name)).isEmpty, "\(name)")
    }
    #expect(try store.verify().isIntact)
  }

  @Test("A file that goes is not referred to by a handle that had found it intact")
  func gone() throws {
    let plan = Self.plan([1, 2, 3, 4])
    let store = try IntermediateStore.withRecipes(at: folder.url)
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    let partition = try HarmedPartition(with: try store.places(of: "step 0", in: Self.identity("a")).chunk, of: store)
    try partition.harm(.missing)
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(report.damagedPartitions.map(\.file) == [partition.path] && report.stagesRun.contains("step 0"))
    #expect(try store.verify().damagedModels == [Self.identity("a")])
    #expect(try store.differing(from: plan, Self.identity("b")).isEmpty)
  }

  @Test("A column that is nearly equal to one in a file that is gone is not stored as the difference from it")
  func goneDecimals() throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyPipeline(shift: 0.25), as: Self.identity("a"))
    let partition = try HarmedPartition(with: try store.places(of: "kept rows", in: Self.identity("a")).chunk, of: store)
    try partition.harm(.missing)
    try store.logIntermediates(of: ToyPipeline(shift: 0.5), as: Self.identity("b"))
    #expect(try store.verify().damagedModels == [Self.identity("a")])
    let price = try store.getIntermediates(["t.b.`kept rows`.price"], plan: .read)[0].frame?["price"]?.doubles
    let kept = (0..<2500).filter { !$0.isMultiple(of: 3) }
    let expected = kept.map { row -> Double in Double(row) * 1.5 + 0.5 }
    #expect(price == expected)
  }

  @Test("When all files are gone, as when their disk is, a handle that has logged before writes nothing")
  func allGone() throws {
    let store = try IntermediateStore.withRecipes(at: folder.url)
    try store.logIntermediates(of: RecipeModel(Self.plan([1, 2])), as: Self.identity("a"))
    for file in partitions { try FileManager.default.removeItem(at: folder.url.appendingPathComponent(file)) }
    #expect { try store.logIntermediates(of: RecipeModel(Self.plan([1, 3])), as: Self.identity("b")) } throws: {
      ($0 as? StoreError)?.code == .notFound && "\($0)".contains("none of the")
    }
    #expect(try partitions.isEmpty && store.models().map(\.identity) == [Self.identity("a")])
  }

  @Test("A log that is stopped removes what it wrote, and no file that somebody put there meanwhile")
  func stopped() throws {
    let elsewhere = TemporaryDirectory("elsewhere")
    let other = try IntermediateStore.withRecipes(at: elsewhere.url)
    try other.logIntermediates(of: RecipeModel(Self.plan([8])), as: Self.identity("a"))
    let foreign = try HarmedPartition(with: try other.places(of: "step 0", in: Self.identity("a")).chunk, of: other)
    let name = foreign.path.split(separator: "/").suffix(2).joined(separator: "/")
    let put = folder.url.appendingPathComponent("partitions/\(name)")
    let store = try IntermediateStore.withRecipes(at: folder.url)
    try store.logIntermediates(of: RecipeModel(Self.plan([1, 2])), as: Self.identity("a"))
    let values = try HarmedPartition(with: try store.places(of: "step 0", in: Self.identity("a")).chunk, of: store)
    try values.harm(.missing)
    let before = partitions
    let bytes = try #require(foreign.content)
    #expect(throws: CancellationError.self) {
      try store.logIntermediates(of: RecipeModel(Self.plan([3, 4])), as: Self.identity("b")) {
        try! FileManager.default.createDirectory(at: put.deletingLastPathComponent(), withIntermediateDirectories: true)
        try! bytes.write(to: put)
        return true
      }
    }
    #expect(partitions == before.union(["partitions/\(name)"]))
    // The next writer decides what it is: beside damage it goes where a user finds it.
    try store.logIntermediates(of: RecipeModel(Self.plan([3, 4])), as: Self.identity("b"))
    #expect(FileManager.default.contents(atPath: folder.path + "/partitions.set-aside/\(name)") == bytes)
  }
}
