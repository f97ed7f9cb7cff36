import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Equal lineage and unequal bits is looked for in pipelines as they are run: random stages over small files, of which a parameter or a file changes from
/// one logging to the next, in a store that is opened again and cleared of models. `MISTIQUE_CHANGED_PIPELINES` says how many.
@Suite("Whatever is reused of a pipeline has the bits of a run from nothing")
struct PipelineReuseFuzzTests {
  private static let policies: [StoragePolicy] = {
    var verifying = StoragePolicy.dedup
    verifying.verifiesReuse = true
    return [.dedup, .dedup, .dedup, .dedup, verifying, .dedup.withoutReuse, .none, .dedup.quantized(.kbit(8))]
  }()

  private static func identity(_ number: Int) -> ModelIdentity { ModelIdentity(project: "z", name: "m\(number)") }

  /// A store in `folder` that restores pipelines over the files that are there.
  private static func store(in folder: URL) throws -> IntermediateStore {
    let store = try IntermediateStore(at: folder.appendingPathComponent("store"))
    store.register(kind: PipelineModel.kind) { try PipelineModel(restoring: $0, dataDirectory: folder) }
    return store
  }

  /// All frames of a model, in the order of its stages.
  private static func frames(
    of number: Int, in store: IntermediateStore, _ plan: QueryPlan.Preference
  ) throws -> [IntermediateResult] {
    let names = try store.intermediates(of: identity(number)).map(\.name)
    return try store.getIntermediates(names.map { IntermediateKey(model: identity(number), intermediate: $0) }, plan: plan)
  }

  /// All frames of a run from nothing, logged into an empty store that reuses nothing. Under a policy that stores none, what the stages emit.
  private static func fromNothing(_ model: PipelineModel, _ number: Int, _ policy: StoragePolicy) throws -> [IntermediateResult] {
    let folder = TemporaryDirectory.fast("pipeline-alone")
    defer { try? FileManager.default.removeItem(at: folder.url) }
    let store = try IntermediateStore(at: folder.url)
    defer { try? store.close() }
    try store.logIntermediates(of: model, as: identity(number), policy: policy == .none ? .dedup.withoutReuse : policy.withoutReuse)
    return try frames(of: number, in: store, .read)
  }

  private static func compare(_ got: [IntermediateResult], _ expected: [IntermediateResult], _ what: String) throws {
    guard got.map(\.intermediate) == expected.map(\.intermediate) else { throw BrokenProperty("\(what) has other intermediates") }
    let differing = zip(got, expected).filter { !$0.isIdentical(to: $1) }.map { $0.0.intermediate }
    if !differing.isEmpty { throw BrokenProperty("\(what) has other bits in \(differing)") }
  }

  @Test("through changed parameters and files, reopening and deletion")
  func sequences() throws {
    let report = TortureRun("changed pipelines", TortureSettings("MISTIQUE_CHANGED_PIPELINES", small: 12)).run { _, random in
      let folder = TemporaryDirectory.fast("pipeline-changes")
      defer { try? FileManager.default.removeItem(at: folder.url) }
      var store = try Self.store(in: folder.url)
      var drawn = RandomPipeline(&random)
      var logged: [Int: [IntermediateResult]] = [:]
      var reused = 0
      for number in 0..<6 {
        let next = number > 0 ? drawn.changed(&random) : random.next() % 4 == 0 ? drawn : drawn.withEnding
        for (name, text) in next.files { _ = try folder.file("\(name).csv", text) }
        let pipeline = try Pipeline(PipelineSpecification(parsing: next.text(), file: "p.yaml"))
        let model = { PipelineModel(pipeline, dataDirectory: folder.url) }
        let policy = Self.policies.randomElement(using: &random)!
        let what = "model \(number), \(policy),\n\(next.text())"
        do {
          reused += try store.logIntermediates(of: model(), as: Self.identity(number), policy: policy).reused.count
        } catch is PipelineRunError {
          // What cannot run cannot run from nothing either.
          #expect(throws: PipelineRunError.self, "\(what)") { try Self.fromNothing(model(), number, policy) }
          continue
        }
        drawn = next
        let expected = try Self.fromNothing(model(), number, policy)
        if policy != .none { logged[number] = expected }
        // Before its files change. A quantized model answers a re-run with the values before they were quantized.
        if policy == .none || (policy.quantization == .none && random.next() % 3 == 0) {
          try Self.compare(Self.frames(of: number, in: store, .rerun), expected, "a re-run of " + what)
        }
        switch random.next() % 5 {
        case 0:
          // Often the model that stored first what the others refer to.
          guard let deleted = logged.keys.min() else { break }
          try store.delete(Self.identity(deleted))
          logged[deleted] = nil
        case 1:
          try store.close()
          store = try Self.store(in: folder.url)
        default: break
        }
        for (other, frames) in logged.sorted(by: { $0.key < $1.key }) where other == number || random.next() % 2 == 0 {
          try Self.compare(Self.frames(of: other, in: store, .read), frames, "model \(other), after " + what)
        }
      }
      try store.close()
      return reused > 0 ? "reused" : "nothing to reuse"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(report.outcomes["reused", default: 0] > report.cases / 2, "too little was reused: \(report.outcomes)")
  }

  @Test("Other bits are found by this test's comparison")
  func canary() throws {
    let small = try SmallPipeline("x,y\n1,2\n3,4\n5,7\n", "{name: scaled, transformer: Scale, inputs: [read]}")
    let expected = try Self.fromNothing(small.model, 0, .dedup)
    try Self.compare(Self.fromNothing(small.model, 0, .dedup), expected, "the same")
    _ = try small.directory.file("f.csv", "x,y\n1,2\n3,4\n5,8\n")
    #expect(throws: BrokenProperty.self) { try Self.compare(Self.fromNothing(small.model, 0, .dedup), expected, "another") }
  }
}
