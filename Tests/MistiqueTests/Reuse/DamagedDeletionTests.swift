import Foundation
import MistiqueStorage
import TestSupport
import Testing

@testable import Mistique

/// What deleting, dropping, demoting and collecting garbage leave alone beside damage.
@Suite struct DamagedDeletionTests {
  private let folder = TemporaryDirectory("damaged-deletion")
  private static let a = ModelIdentity(project: "t", name: "a")
  private static let b = ModelIdentity(project: "t", name: "b")

  private func isDamage(_ error: any Error, of partition: HarmedPartition) -> Bool {
    guard let error = error as? StoreError else { return false }
    return [.corrupt, .notFound].contains(error.code) && "\(error)".contains(partition.path)
  }

  @Test("A file under the name of another partition is not lost when the model of that name is deleted")
  func wrongName() throws {
    let plan = RecipeModel.Plan.chain([5, 6], rows: 2500)
    let first: HarmedPartition
    let second: HarmedPartition
    do {
      let store = try IntermediateStore.withRecipes(at: folder.url)
      try store.logIntermediates(of: RecipeModel(.chain([1, 2], rows: 2500)), as: Self.a)
      try store.logIntermediates(of: RecipeModel(plan), as: Self.b)
      first = try HarmedPartition(with: try store.places(of: "step 0", in: Self.a).chunk, of: store)
      second = try HarmedPartition(with: try store.places(of: "step 0", in: Self.b).chunk, of: store)
      try store.close()
    }
    let content = try #require(second.content)
    try first.harm(.missing)
    try FileManager.default.moveItem(atPath: second.path, toPath: first.path)
    do {
      let store = try IntermediateStore.withRecipes(at: folder.url)
      let freed = try store.delete(Self.a)
      #expect(freed.setAside == 1 && freed.partitions > 1)
      try store.close()
    }
    let name = first.path.split(separator: "/").suffix(2).joined(separator: "/")
    let aside = folder.path + "/partitions.set-aside/\(name)"
    #expect(FileManager.default.contents(atPath: aside) == content)
    try FileManager.default.moveItem(atPath: aside, toPath: second.path)
    let store = try IntermediateStore.withRecipes(at: folder.url)
    #expect(try store.verify().isIntact && store.differing(from: plan, Self.b).isEmpty)
  }

  enum Change: CaseIterable, Sendable {
    case delete, drop, demote, collectGarbage

    fileprivate func make(in store: IntermediateStore) throws {
      switch self {
      case .delete: try store.delete(DamagedDeletionTests.a)
      case .drop: try store.drop("layer1", of: DamagedDeletionTests.a)
      case .demote: try store.demote("layer1", of: DamagedDeletionTests.a, to: .absolute(0.05))
      case .collectGarbage: try store.collectGarbage()
      }
    }
  }

  @Test(
    "Damage to a file that is open is seen before anything changes", arguments: Change.allCases, [PartitionHarm.truncation, .footer])
  func openFile(change: Change, harm: PartitionHarm) throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.a, policy: .ladder(.absolute(0.05)))
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 9), as: Self.b)
    let partition = try HarmedPartition(with: try store.places(of: "layer1", in: Self.b).manifest, of: store)
    let before = try store.getIntermediates(["t.a.layer1.*", "t.b.layer1.*"], plan: .read)
    try partition.harm(harm)
    #expect { try change.make(in: store) } throws: { isDamage($0, of: partition) }
    #expect(try store.models().map(\.identity) == [Self.a, Self.b])
    try partition.restore()
    #expect(try store.verify().isIntact)
    let after = try store.getIntermediates(["t.a.layer1.*", "t.b.layer1.*"], plan: .read)
    #expect(after[0].isExact && zip(before, after).allSatisfy { $0.isIdentical(to: $1) })
    try change.make(in: store)
    #expect(try store.verify().isIntact, "without the damage it is done")
  }

  @Test("Values in a file that is only missing are not dropped: it may come back", arguments: [false, true])
  func missing(isManifest: Bool) throws {
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.a)
    let places = try store.places(of: "layer1", in: Self.a)
    let partition = try HarmedPartition(with: isManifest ? places.manifest : places.chunk, of: store)
    let before = try store.getIntermediates(["t.a.layer1.*"], plan: .read)[0]
    try partition.harm(.missing)
    #expect { try store.drop("layer1", of: Self.a) } throws: { isDamage($0, of: partition) }
    #expect(try store.intermediates(of: Self.a).allSatisfy(\.isStored))
    try partition.restore()
    #expect(try store.getIntermediates(["t.a.layer1.*"], plan: .read)[0].isIdentical(to: before))
    try store.drop("layer1", of: Self.a)
    #expect(try store.intermediates(of: Self.a).filter(\.isStored).map(\.name) == ["layer0", "layer2"])
  }

  @Test(
    "Garbage is collected beside damage, and once more when the file is back", arguments: [PartitionHarm.footer, .truncation, .missing])
  func garbage(harm: PartitionHarm) throws {
    let plan = RecipeModel.Plan.chain([1, 2, 3, 4], rows: 2500, hasFrames: true)
    let store = try IntermediateStore.withRecipes(at: folder.url)
    try store.logIntermediates(of: RecipeModel(.chain([1, 2, 3, 9], rows: 2500, hasFrames: true)), as: Self.a)
    try store.logIntermediates(of: RecipeModel(plan), as: Self.b)
    // What the second shares with the first lies among what only the first needs.
    let partition = try HarmedPartition(with: try store.places(of: "step 0", in: Self.a).chunk, of: store)
    try partition.harm(harm)
    let harmed = partition.content
    try store.delete(Self.a)
    try store.collectGarbage()
    #expect(partition.content == harmed)
    try partition.restore()
    try store.collectGarbage()
    #expect(try store.differing(from: plan, Self.b).isEmpty)
    #expect(try store.verify().isIntact)
  }

  @Test("A ladder is logged and demoted beside a damaged one, which is whole again when its file is")
  func ladder() throws {
    let policy = StoragePolicy.ladder(.absolute(0.05))
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.a, policy: policy)
    let partition = try HarmedPartition(with: try store.places(of: "layer1", in: Self.a).chunk, of: store)
    let before = try store.getIntermediates(["t.a.layer1.*"], plan: .read)[0]
    try store.close()
    try partition.harm(.truncation)
    let report = try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.b, policy: policy)
    #expect(report.damagedPartitions.map(\.file) == [partition.path])
    #expect(try store.getIntermediates(["t.b.layer1.*"], plan: .read)[0].isIdentical(to: before))
    #expect(try store.demote("layer1", of: Self.b, to: .absolute(0.05)).frames > 0)
    try store.close()
    try partition.restore()
    #expect(try store.verify().isIntact)
    #expect(try store.getIntermediates(["t.a.layer1.*"], plan: .read)[0].isIdentical(to: before))
  }

  @Test("A codebook in a damaged partition is stored again for a model of equal values")
  func codebook() throws {
    let policy = StoragePolicy.dedup.quantized(.kbit(8))
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.a, policy: policy)
    let manifest = try store.opened.store.manifest(try store.places(of: "layer1", in: Self.a).manifest)
    let partition = try HarmedPartition(with: try #require(manifest.codebook), of: store)
    let before = try store.getIntermediates(["t.a.layer1.*"], plan: .read)[0]
    try store.close()
    try partition.harm(.truncation)
    let report = try store.logIntermediates(of: ToyNetwork(rows: 3000, weight: 2), as: Self.b, policy: policy)
    #expect(report.damagedPartitions.map(\.file) == [partition.path])
    #expect(try store.getIntermediates(["t.b.layer1.*"], plan: .read)[0].isIdentical(to: before))
    #expect(try store.verify().damagedModels == [Self.a])
  }
}
