import Foundation
import Mistique
import TestSupport
import Testing

/// Reuse after deletion, damage, repair, and of what was stored later.
@Suite struct ReuseDamageTests {
  private let folder = TemporaryDirectory("reuse-damage")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  private func store() throws -> IntermediateStore { try .withRecipes(at: folder.url) }

  private func differing(_ store: IntermediateStore, _ plan: RecipeModel.Plan, _ name: String) throws -> [String] {
    try store.differing(from: plan, Self.identity(name))
  }

  @Test("Deleting the model that stored something first keeps what others refer to, and what is left is found", arguments: [false, true])
  func deletion(hasFrames: Bool) throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1, 2, 3, 4], hasFrames: hasFrames)
    for name in ["a", "b"] { try store.logIntermediates(of: RecipeModel(plan), as: Self.identity(name)) }
    try store.delete(Self.identity("a"))
    #expect(try differing(store, plan, "b").isEmpty)
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("c"))
    #expect(report.stagesRun.isEmpty && Set(report.reused.map(\.model)) == [Self.identity("b")])
    for name in ["b", "c"] { try store.delete(Self.identity(name)) }
    #expect(try store.storage().partitions == 0)
    let again = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("d"))
    #expect(again.stagesRun.count == 4 && again.reused.isEmpty)
    #expect(try differing(store, plan, "d").isEmpty)
  }

  @Test("An intermediate that was given up is computed again; what follows it is still found")
  func givenUp() throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1, 2, 3, 4])
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    try store.drop("step 1", of: Self.identity("a"))
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(report.stagesRun == ["step 1"] && report.intermediatesRead == ["step 0"] && report.reused.count == 3)
    #expect(try differing(store, plan, "b").isEmpty)
  }

  @Test("A rebuilt catalogue finds what the receipts tell", arguments: [false, true])
  func repair(hasFrames: Bool) throws {
    var plan = RecipeModel.Plan.chain([1, 2, 3, 4], hasFrames: hasFrames)
    plan.steps[1].trains = hasFrames
    do {
      let store = try store()
      try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
      try store.close()
    }
    #expect(try IntermediateStore.repair(at: folder.url).lost.isEmpty)
    let store = try store()
    let model = RecipeModel(plan)
    let report = try store.logIntermediates(of: model, as: Self.identity("b"))
    #expect(report.stagesRun.isEmpty && report.reused.count == 4 && model.trainedSteps.isEmpty)
    #expect(try differing(store, plan, "b").isEmpty)
  }

  /// Changes a byte in the middle of the largest partition, which holds values; its directory is at the end.
  private func damage() throws {
    let largest = try #require(folder.files().filter { $0.key.hasSuffix(".mqp") }.max { ($0.value, $0.key) < ($1.value, $1.key) })
    let handle = try FileHandle(forUpdating: folder.url.appendingPathComponent(largest.key))
    defer { try? handle.close() }
    let place = UInt64(largest.value / 3)
    try handle.seek(toOffset: place)
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: place)
    try handle.write(contentsOf: Data([byte ^ 0x10]))
  }

  @Test("What is damaged is computed and stored again, and the report says so", arguments: [false, true])
  func damaged(hasFrames: Bool) throws {
    let plan = RecipeModel.Plan.chain([1, 2, 3, 4], rows: 2500, hasFrames: hasFrames)
    do {
      let store = try store()
      try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
      try store.close()
    }
    try damage()
    let store = try store()
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(!report.damaged.isEmpty && !report.stagesRun.isEmpty && report.damagedChunks > 0)
    #expect(report.damaged.allSatisfy { $0.place.contains("t.a") && !$0.reason.isEmpty })
    #expect(try differing(store, plan, "b").isEmpty)
    #expect(try store.verify().damagedModels.contains(Self.identity("a")))
    let third = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("c"))
    #expect(third.stagesRun.isEmpty && Set(third.reused.map(\.model)).contains(Self.identity("b")))
    #expect(try differing(store, plan, "c").isEmpty)
  }

  @Test("Damage that is first met while a stage reads makes logging begin again without it", arguments: [false, true])
  func damagedMeanwhile(hasFrames: Bool) throws {
    let store = try store()
    // One step: its values are all that there is to damage.
    try store.logIntermediates(of: RecipeModel(.chain([1], rows: 2500, hasFrames: hasFrames)), as: Self.identity("a"))
    try damage()
    let plan = RecipeModel.Plan.chain([1, 3], rows: 2500, hasFrames: hasFrames)
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(report.damaged.map(\.name).contains("step 0") && report.stagesRun == ["step 0", "step 1"] && report.reused.isEmpty)
    #expect(try differing(store, plan, "b").isEmpty)
    #expect(try store.verify().damagedModels.contains(Self.identity("a")))
  }

  @Test("A trained part that is damaged after it was looked at is trained again, and the report says so")
  func damagedPart() throws {
    let store = try store()
    var plan = RecipeModel.Plan.chain([1, 2, 3], hasFrames: true)
    plan.steps[1].trains = true
    for name in ["a", "b"] { try store.logIntermediates(of: RecipeModel(plan), as: Self.identity(name)) }
    // What was read last is in memory: other records take its place.
    for number in 0..<70 {
      try store.logIntermediates(of: RecipeModel(.chain([100 + number], hasFrames: true)), as: Self.identity("other\(number)"))
      _ = try store.getIntermediates(["t.other\(number).`step 0`.*"])
    }
    for file in folder.files() where file.key.hasSuffix(".mqp") {
      let url = folder.url.appendingPathComponent(file.key)
      var bytes = try Data(contentsOf: url)
      // In the first frame of each file, behind the header: trained parts have files of their own.
      bytes[20] ^= 0x10
      try bytes.write(to: url)
    }
    plan.steps[2] = RecipeModel.Plan.chain([1, 2, 9], hasFrames: true).steps[2]
    let model = RecipeModel(plan)
    let report = try store.logIntermediates(of: model, as: Self.identity("c"))
    #expect(report.damaged.contains { $0.place.hasPrefix("trained part") } && model.trainedSteps.contains("step 1"), "\(report.damaged)")
    #expect(try differing(store, plan, "c").isEmpty)
  }

  // MARK: Questions

  @Test("A question is answered from what another model has stored, and stages run from there", arguments: [false, true])
  func borrowing(hasFrames: Bool) throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1, 2, 3, 4], hasFrames: hasFrames)
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"), policy: .none)
    let expected = try store.getIntermediates(["t.a.`step 3`.*"], plan: .read)[0]
    let borrowed = try store.getIntermediates(["t.b.`step 3`.*"])[0]
    #expect(borrowed.isIdentical(to: expected) && borrowed.plan.choice == .read && borrowed.isExact)
    let run = try store.getIntermediates(["t.b.`step 3`.*"], plan: .rerunFrom(["step 1"]))[0]
    #expect(run.isIdentical(to: expected) && run.cost.stagesRun == 2)
    #expect { try store.getIntermediates(["t.b.`step 3`.*"], plan: .read) } throws: { ($0 as? StoreError)?.code == .cannotPlan }
    try store.delete(Self.identity("a"))
    let alone = try store.getIntermediates(["t.b.`step 3`.*"])[0]
    #expect(alone.isIdentical(to: expected) && alone.plan.choice == .rerun && alone.cost.stagesRun == 4)
  }

  @Test("What is damaged of another model's does not keep a question from its answer", arguments: [false, true])
  func borrowingDamage(hasFrames: Bool) throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1], rows: 2500, hasFrames: hasFrames)
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"), policy: .none)
    try damage()
    #expect { try store.getIntermediates(["t.a.`step 0`.*"], plan: .read) } throws: { ($0 as? StoreError)?.code == .corrupt }
    let answer = try store.getIntermediates(["t.b.`step 0`.*"])[0]
    #expect(answer.plan.choice == .rerun && answer.cost.stagesRun == 1)
  }

  @Test("What a query stores keeps its lineage only if it was made from what was logged", arguments: [0, 1])
  func storedLater(environment: Int) throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1, 2])
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"), policy: try .adaptive(gamma: 0))
    store.register(kind: RecipeModel.kind) { try RecipeModel(restoring: $0, environment: environment) }
    let answer = try store.getIntermediates(["t.a.`step 1`.*"])[0]
    guard case .stored? = answer.materialized else {
      Issue.record("it was not stored: \(String(describing: answer.materialized))")
      return
    }
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(report.reused.map(\.name) == (environment == 0 ? ["step 1"] : []))
    #expect(report.stagesRun == (environment == 0 ? ["step 0"] : ["step 0", "step 1"]))
  }

  @Test("What a query stores after a start of other bits is no other model's, though the rest ran as it was logged", arguments: [0, 1])
  func storedAfterOtherBits(environment: Int) throws {
    let plan = RecipeModel.Plan.chain([1, 2, 3])
    /// Opened anew, so that no model is kept from before.
    func asking(_ environment: Int, _ step: String, _ way: QueryPlan.Preference) throws -> IntermediateResult {
      let store = try store()
      store.register(kind: RecipeModel.kind) { try RecipeModel(restoring: $0, environment: environment) }
      let answer = try store.getIntermediates(["t.a.`\(step)`.*"], plan: way)[0]
      try store.close()
      return answer
    }
    do {
      let store = try store()
      try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"), policy: try .adaptive(gamma: 0))
      try store.close()
    }
    for (place, step) in ["step 0", "step 1"].enumerated() {
      let answer = try asking(place == 0 ? environment : 0, step, place == 0 ? .rerun : .rerunFrom(["step 0"]))
      guard case .stored? = answer.materialized else {
        Issue.record("\(step) was not stored: \(String(describing: answer.materialized))")
        return
      }
    }
    let report = try store().logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(Set(report.reused.map(\.name)) == (environment == 0 ? ["step 0", "step 1"] : []))
  }
}
