import Foundation
import TestSupport
import Testing

@testable import Mistique

/// What is stored under the same lineage is not computed again.
@Suite struct ReuseTests {
  private let folder = TemporaryDirectory("reuse")
  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "t", name: name) }

  private func store() throws -> IntermediateStore { try .withRecipes(at: folder.url) }

  private func differing(_ store: IntermediateStore, _ plan: RecipeModel.Plan, _ name: String) throws -> [String] {
    try store.differing(from: plan, Self.identity(name))
  }

  @Test("The same model under another name runs nothing, adds no value, and is read bit for bit", arguments: [false, true])
  func again(hasFrames: Bool) throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1, 2, 3, 4], hasFrames: hasFrames)
    let first = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    #expect(first.stagesRun.count == 4 && first.reused.isEmpty && first.intermediates == 4)
    let again = RecipeModel.Plan.chain([1, 2, 3, 4], hasFrames: hasFrames, prefix: "other")
    let second = try store.logIntermediates(of: RecipeModel(again), as: Self.identity("b"))
    #expect(second.stagesRun.isEmpty && second.chunks == 0 && second.intermediates == 4)
    #expect(
      second.reused == (0..<4).map { ReusedIntermediate(name: "other \($0)", model: Self.identity("a"), intermediate: "step \($0)") })
    #expect(second.logicalBytes == first.logicalBytes)
    #expect(second.partitions == 1 && second.storedBytes < 4096, "its receipt alone: \(second.storedBytes) bytes")
    #expect(try differing(store, again, "b").isEmpty)
    #expect(try store.differing(from: again, Self.identity("b"), how: .rerun).isEmpty, "it can be re-run as any other")
    #expect(try store.verify().isIntact)
  }

  @Test("What a model has left is no obstacle to reading what another has stored of the same, exactly")
  func demotedBesideWhole() throws {
    let store = try IntermediateStore(at: folder.url)
    let plan = RecipeModel.Plan.chain([1, 2, 3])
    let ladder = StoragePolicy.ladder(.absolute(0.05))
    for name in ["a", "b"] { try store.logIntermediates(of: RecipeModel(plan), as: Self.identity(name), policy: ladder) }
    let key = IntermediateKey(model: Self.identity("a"), intermediate: "step 1")
    func values(_ result: IntermediateResult) throws -> [Float] { try #require(result.matrix).withValues { Array($0) } }
    let before = try store.getIntermediates([key])[0]
    // Nothing restores it to verify it by: the residual is given back as by a program that can.
    let model = try #require(try store.opened.catalog.model(Self.identity("a")))
    _ = try store.opened.demote(["step 1"], of: model)
    let after = try store.getIntermediates([key])[0]
    #expect(try after.isExact && after.plan.choice == .read && values(after) == values(before))
    // Its own base is enough where it is asked for.
    let near = try store.getIntermediates([key], accuracy: .within(.absolute(0.05)))[0]
    #expect(!near.isExact && near.errorBound == 0.05)
  }

  @Test("Only what follows a change runs, from what is stored before it", arguments: [false, true], 0..<5)
  func change(hasFrames: Bool, changed: Int) throws {
    let store = try store()
    try store.logIntermediates(of: RecipeModel(.chain([1, 2, 3, 4, 5], hasFrames: hasFrames)), as: Self.identity("a"))
    var parameters = [1, 2, 3, 4, 5]
    parameters[changed] = 0
    let plan = RecipeModel.Plan.chain(parameters, hasFrames: hasFrames)
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(report.stagesRun == (changed..<5).map { "step \($0)" })
    #expect(report.reused.map(\.name) == (0..<changed).map { "step \($0)" })
    #expect(report.intermediatesRead == (changed > 0 ? ["step \(changed - 1)"] : []))
    #expect(try differing(store, plan, "b").isEmpty)
  }

  @Test("What is computed faster than it is read is computed, and not stored again", arguments: [false, true])
  func cheapStages(hasFrames: Bool) throws {
    // Costs are measured by re-running what was logged, too.
    let store = try IntermediateStore.withRecipes(at: folder.url, stageSeconds: 0)
    try store.logIntermediates(of: RecipeModel(.chain([1, 2, 4, 4], hasFrames: hasFrames), stageSeconds: 0), as: Self.identity("a"))
    let plan = RecipeModel.Plan.chain([1, 2, 4, 0], hasFrames: hasFrames)
    let report = try store.logIntermediates(of: RecipeModel(plan, stageSeconds: 0), as: Self.identity("b"))
    #expect(report.stagesRun.count == 4 && report.intermediatesRead.isEmpty && report.reused.map(\.name) == ["step 0", "step 1", "step 2"])
    #expect(try differing(store, plan, "b").isEmpty)
  }

  @Test("Bytes and manifests are those of logging without reuse", arguments: [false, true])
  func bytes(hasFrames: Bool) throws {
    let plans = [[1, 2, 3, 4], [1, 2, 3, 0], [1, 2, 5, 4], [1, 2, 3, 4], [6, 2, 3, 4], [2, 2, 2, 2], [2, 2, 2, 4]]
      .map { RecipeModel.Plan.chain($0, rows: 2500, hasFrames: hasFrames) }
    var stores: [IntermediateStore] = []
    for (place, policy) in [StoragePolicy.dedup, .dedup.withoutReuse].enumerated() {
      let store = try IntermediateStore.withRecipes(at: folder.url.appendingPathComponent("\(place)"))
      for (number, plan) in plans.enumerated() {
        try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("\(number)"), policy: policy)
      }
      stores.append(store)
    }
    let storage = try stores.map { try $0.storage() }
    #expect(storage[0].partitionBytes == storage[1].partitionBytes)
    #expect(storage[0].rawBytes == storage[1].rawBytes && storage[0].chunks == storage[1].chunks)
  }

  @Test("Without reuse, and under policies that store again or not yet, everything runs")
  func policies() throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1, 2, 3])
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    let policies: [StoragePolicy] = [
      .dedup.withoutReuse, .storeAll, .none, try .adaptive(gamma: 0), try .budget(bytes: 1 << 30), .algorithm4,
    ]
    for (place, policy) in policies.enumerated() {
      let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b\(place)"), policy: policy)
      // Maps are stored alike with and without derived columns, but nobody says so.
      #expect(report.stagesRun.count == 3 && report.reused.isEmpty, "\(policy)")
    }
    let quantized = [QuantizationScheme.lp16, .kbit(8), .pool(2)].map { StoragePolicy.dedup.quantized($0) }
    for (place, policy) in (quantized + [.dedup.quantized(.pool(2), exactUpTo: 1_000)]).enumerated() {
      let first = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("c\(place)"), policy: policy)
      #expect(first.reused.isEmpty, "\(policy): what is stored in full is no reference")
      let second = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("d\(place)"), policy: policy)
      #expect(second.stagesRun.isEmpty && second.reused.count == 3, "\(policy)")
      for step in 0..<3 {
        let keys = ["c\(place)", "d\(place)"].map { IntermediateKey(model: Self.identity($0), intermediate: "step \(step)") }
        let results = try store.getIntermediates(keys, plan: .read)
        #expect(results[0].isIdentical(to: results[1]), "\(policy)")
      }
    }
  }

  @Test("After a quantized one nothing is read: the prefix is computed, and not stored again")
  func quantizedPrefix() throws {
    let store = try store()
    let policy = StoragePolicy.dedup.quantized(.kbit(8))
    try store.logIntermediates(of: RecipeModel(.chain([1, 2, 3])), as: Self.identity("a"), policy: policy)
    let report = try store.logIntermediates(of: RecipeModel(.chain([1, 2, 0])), as: Self.identity("b"), policy: policy)
    #expect(report.stagesRun == ["step 0", "step 1", "step 2"] && report.reused.count == 2 && report.intermediatesRead.isEmpty)
    let exact = try store.logIntermediates(of: RecipeModel(.chain([1, 2, 0])), as: Self.identity("c"))
    #expect(exact.reused.isEmpty)
    #expect(try differing(store, .chain([1, 2, 0]), "c").isEmpty)
  }

  @Test("What makes no promise runs, and so does what follows from it")
  func promises() throws {
    let store = try store()
    var plan = RecipeModel.Plan.chain([1, 2, 3, 4])
    plan.steps[2].promises = false
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(report.stagesRun == ["step 2", "step 3"] && report.reused.count == 2)
    #expect(try differing(store, plan, "b").isEmpty)
  }

  @Test("A state that is stored is adopted, and the new model keeps it")
  func states() throws {
    let store = try store()
    var plan = RecipeModel.Plan.chain([1, 2, 3, 4], hasFrames: true)
    plan.steps[1].trains = true
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    plan.steps[3].parameter = 5
    let model = RecipeModel(plan)
    let report = try store.logIntermediates(of: model, as: Self.identity("b"))
    #expect(model.trainedSteps.isEmpty && report.stagesRun == ["step 3"])
    try store.delete(Self.identity("a"))
    #expect(try differing(store, plan, "b").isEmpty)
    #expect(
      try store.differing(from: plan, Self.identity("b"), how: .rerun).isEmpty, "the state is there without the model that trained it")
    #expect(try store.verify().isIntact)
  }

  @Test("Policies that store nothing at once run every stage and train none again; without reuse, and under STORE_ALL, all is trained")
  func statesOfOtherPolicies() throws {
    let store = try store()
    var plan = RecipeModel.Plan.chain([1, 2, 3], hasFrames: true)
    plan.steps[1].trains = true
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"), policy: .none)
    let policies: [(StoragePolicy, trains: Bool)] = [
      (.none, false), (.dedup, false), (try .adaptive(gamma: 0), false), (try .budget(bytes: 1 << 30), false), (.none.withoutReuse, true),
      (.storeAll, true),
    ]
    for (place, (policy, trains)) in policies.enumerated() {
      let model = RecipeModel(plan)
      let report = try store.logIntermediates(of: model, as: Self.identity("b\(place)"), policy: policy)
      #expect(report.stagesRun.count == 3 && model.trainedSteps == (trains ? ["step 1"] : []), "\(policy)")
      #expect(try store.differing(from: plan, Self.identity("b\(place)"), how: .rerun).isEmpty, "\(policy)")
    }
    #expect(try store.verify().isIntact)
  }

  @Test("Verifying runs everything, finds equal bits, and refuses others without storing anything", arguments: [false, true])
  func verification(hasFrames: Bool) throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1, 2, 3], rows: 2500, hasFrames: hasFrames)
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    var policy = StoragePolicy.dedup
    policy.verifiesReuse = true
    let report = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"), policy: policy)
    #expect(report.stagesRun.count == 3 && report.reused.isEmpty && report.verified == ["step 0", "step 1", "step 2"])
    let before = try store.storage()
    let error = #expect(throws: StoreError.self) {
      try store.logIntermediates(of: RecipeModel(plan, isFaulty: true), as: Self.identity("c"), policy: policy)
    }
    #expect(error?.code == .notReproduced && error?.what.contains("step 0") == true)
    #expect(try store.storage().partitionBytes == before.partitionBytes && store.models().count == 2)
    #expect(try store.verify().isIntact)
  }

  @Test(
    "What a thread logs and re-runs that rounds upwards has the bits of any other: they are reused elsewhere", arguments: [false, true])
  func arithmetic(hasFrames: Bool) throws {
    let store = try store()
    let plan = RecipeModel.Plan.chain([1, 2, 3], rows: 300, hasFrames: hasFrames)
    let key = IntermediateKey(model: Self.identity("a"), intermediate: "step 2")
    let rerun = try RoundingUp.running {
      try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
      let rerun = try store.getIntermediates([key], plan: .rerun)[0]
      #expect(RoundingUp.isSet, "the caller's thread is left as it was")
      return rerun
    }
    #expect(try differing(store, plan, "a").isEmpty)
    #expect(try rerun.isIdentical(to: store.getIntermediates([key], plan: .read)[0]))
  }

  @Test("Verifying compares what was trained too, though no intermediate shows it")
  func verifiedStates() throws {
    let store = try store()
    var plan = RecipeModel.Plan.chain([1, 2, 3], rows: 250, hasFrames: true)
    plan.steps[1].trains = true
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    var policy = StoragePolicy.dedup
    policy.verifiesReuse = true
    let sound = RecipeModel(plan)
    try store.logIntermediates(of: sound, as: Self.identity("b"), policy: policy)
    #expect(sound.trainedSteps == ["step 1"], "nothing is adopted")
    let faulty = RecipeModel(plan, hidesState: true)
    let error = #expect(throws: StoreError.self) { try store.logIntermediates(of: faulty, as: Self.identity("c"), policy: policy) }
    #expect(error?.code == .notReproduced && error?.what.contains("\"step 1\" has learned") == true)
    #expect(try store.models().count == 2 && store.verify().isIntact)
  }

  @Test("Two handles on a store: what one logs the other refers to, once it may write")
  func twoWriters() throws {
    let plan = RecipeModel.Plan.chain([1, 2, 3])
    let one = try store()
    try one.logIntermediates(of: RecipeModel(plan), as: Self.identity("a"))
    let other = try store()
    #expect { try other.logIntermediates(of: RecipeModel(plan), as: Self.identity("b")) } throws: { ($0 as? StoreError)?.code == .locked }
    try one.close()
    let report = try other.logIntermediates(of: RecipeModel(plan), as: Self.identity("b"))
    #expect(report.stagesRun.isEmpty && report.reused.count == 3)
    #expect(try differing(other, plan, "b").isEmpty)
  }

  @Test("A store that only counts reuses too, and counts the same bytes", arguments: [false, true])
  func measuring(hasFrames: Bool) throws {
    var options = StoreOptions()
    options.keepsPartitions = false
    let counted = try IntermediateStore(at: folder.url.appendingPathComponent("counted"), options: options)
    let kept = try IntermediateStore.withRecipes(at: folder.url.appendingPathComponent("kept"))
    for (number, parameters) in [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 4, 4], [1, 0, 3, 4]].enumerated() {
      var plan = RecipeModel.Plan.chain(parameters, rows: 2500, hasFrames: hasFrames)
      plan.steps[0].trains = hasFrames
      let reports = try [counted, kept].map { try $0.logIntermediates(of: RecipeModel(plan), as: Self.identity("\(number)")) }
      #expect(reports[0].reused == reports[1].reused, "\(number)")
    }
    let (a, b) = (try counted.storage(), try kept.storage())
    #expect(a.chunks == b.chunks && a.rawBytes == b.rawBytes)
  }
}
