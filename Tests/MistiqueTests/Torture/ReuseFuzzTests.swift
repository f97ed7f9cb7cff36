import Foundation
import Mistique
import TestSupport
import Testing

/// Equal lineage and unequal bits is looked for: random graphs of stages that change a little from one logging to the next, in a store that is opened
/// again, repaired, damaged and cleared of models. Every intermediate is compared with a run from nothing. `MISTIQUE_REUSES` says how many.
@Suite("Whatever is reused has the bits of a run from nothing")
struct ReuseFuzzTests {
  private static let policies: [StoragePolicy] = [
    .dedup, .dedup, .dedup, .dedup, .dedup, .dedup, .dedup, .dedup.withoutReuse, .storeAll, .none, .algorithm4, try! .adaptive(gamma: 0),
    try! .budget(bytes: 200_000),
    .dedup.quantized(.kbit(8)), .dedup.quantized(.pool(2)), .dedup.quantized(.pool(2), exactUpTo: 8),
  ]

  private static func identity(_ number: Int) -> ModelIdentity { ModelIdentity(project: "t", name: "m\(number)") }

  private struct Logged {
    let plan: RecipeModel.Plan
    let policy: StoragePolicy
  }

  @Test("through policies, questions, deletion, damage, reopening and repair")
  func sequences() throws {
    let report = TortureRun("reuse", TortureSettings("MISTIQUE_REUSES", small: 12)).run { _, random in
      let folder = TemporaryDirectory.fast("reuse")
      defer { try? FileManager.default.removeItem(at: folder.url) }
      var store = try IntermediateStore.withRecipes(at: folder.url)
      var models: [Int: Logged] = [:]
      var plan = RecipeModel.Plan.random(&random)
      var (reused, isDamaged) = (0, false)
      for number in 0..<10 {
        plan = random.next() % 5 == 0 ? .random(&random) : plan.changed(&random)
        let policy = Self.policies.randomElement(using: &random)!
        let done = try store.logIntermediates(of: RecipeModel(plan), as: Self.identity(number), policy: policy)
        reused += done.reused.count
        models[number] = Logged(plan: plan, policy: policy)
        try Self.compare(models[number]!, number, store)
        switch random.next() % 8 {
        case 0:
          // Nothing is given back while a manifest of a model that stays cannot be read.
          guard !isDamaged, let deleted = models.keys.sorted().randomElement(using: &random) else { break }
          try store.delete(Self.identity(deleted))
          models[deleted] = nil
        case 1:
          try store.close()
          store = try .withRecipes(at: folder.url)
        case 2 where !isDamaged:
          try store.close()
          _ = try IntermediateStore.repair(at: folder.url)
          store = try .withRecipes(at: folder.url)
        case 3:
          for (number, logged) in models { try Self.ask(logged, number, store, &random) }
        case 4:
          // Nothing that was logged before is looked at any more: it may be damaged.
          try store.close()
          try Self.damage(folder, &random)
          isDamaged = true
          models = [:]
          store = try .withRecipes(at: folder.url)
        default: break
        }
        for (number, logged) in models where random.next() % 3 == 0 { try Self.compare(logged, number, store) }
      }
      return reused > 0 ? "reused" : "nothing to reuse"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(report.outcomes["reused", default: 0] > 0, "nothing was ever reused: \(report.outcomes)")
  }

  /// A model whose stages compute something else than they promise must be found out.
  @Test("A broken promise is found by this test's comparison")
  func canary() throws {
    let folder = TemporaryDirectory.fast("reuse-canary")
    let store = try IntermediateStore.withRecipes(at: folder.url)
    let plan = RecipeModel.Plan.chain([1, 2, 3])
    try store.logIntermediates(of: RecipeModel(plan, isFaulty: true), as: Self.identity(0))
    try store.logIntermediates(of: RecipeModel(plan), as: Self.identity(1))
    #expect(throws: BrokenProperty.self) { try Self.compare(Logged(plan: plan, policy: .dedup), 1, store) }
  }

  /// Everything that is stored in full, against a run from nothing.
  private static func compare(_ logged: Logged, _ number: Int, _ store: IntermediateStore) throws {
    guard logged.policy.quantization == .none else { return }
    let stored = Set(try store.intermediates(of: identity(number)).filter(\.isStored).map(\.name))
    guard stored.count == logged.plan.steps.flatMap(\.outputs).count else { return }
    let differing = try store.differing(from: logged.plan, identity(number))
    if !differing.isEmpty { throw BrokenProperty("model \(number) has other bits in \(differing)") }
  }

  /// A question that may be answered in any way, under any policy, which may store or borrow.
  private static func ask(_ logged: Logged, _ number: Int, _ store: IntermediateStore, _ random: inout SeededRandom) throws {
    guard logged.policy.quantization == .none else { return }
    let differing = try store.differing(from: logged.plan, identity(number), how: random.next() % 2 == 0 ? .automatic : .rerun)
    if !differing.isEmpty { throw BrokenProperty("model \(number) is answered with other bits in \(differing)") }
  }

  /// Cuts one partition short or removes it, where others stay, and changes bytes in the part of some that holds frames.
  private static func damage(_ folder: TemporaryDirectory, _ random: inout SeededRandom) throws {
    let partitions = folder.files().keys.filter { $0.hasSuffix(".mqp") }.sorted()
    if partitions.count > 1, let name = partitions.randomElement(using: &random), random.next() % 2 == 0 {
      let url = folder.url.appendingPathComponent(name)
      if random.next() % 2 == 0 {
        try FileManager.default.removeItem(at: url)
      } else {
        try Data(contentsOf: url).dropLast(8).write(to: url)
      }
    }
    for (name, size) in folder.files().sorted(by: { $0.key < $1.key })
    where name.hasSuffix(".mqp") && size > 2_000 && random.next() % 2 == 0 {
      let handle = try FileHandle(forUpdating: folder.url.appendingPathComponent(name))
      defer { try? handle.close() }
      let place = 16 + random.next() % UInt64(size / 3)
      try handle.seek(toOffset: place)
      guard let byte = try handle.read(upToCount: 1)?.first else { continue }
      try handle.seek(toOffset: place)
      try handle.write(contentsOf: Data([byte ^ 0x08]))
    }
  }
}
