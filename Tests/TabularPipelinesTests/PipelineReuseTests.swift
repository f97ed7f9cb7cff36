import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Pipelines that are logged again with something changed: only what follows the change runs.
struct PipelineReuseTests {
  private let folder = TemporaryDirectory("pipeline-reuse")

  private func store(_ name: String = "store") throws -> IntermediateStore {
    let store = try IntermediateStore(at: folder.url.appendingPathComponent(name))
    let data = folder.url
    store.register(kind: PipelineModel.kind) { try PipelineModel(restoring: $0, dataDirectory: data) }
    return store
  }

  private static func identity(_ name: String) -> ModelIdentity { ModelIdentity(project: "bikes", name: name) }

  /// The pipeline of the page, with its text changed.
  private func model(_ changes: [(String, String)] = []) throws -> PipelineModel {
    var text = try PipelinesPage().yaml()
    for (old, new) in changes {
      try #require(text.contains(old))
      text = text.replacingOccurrences(of: old, with: new)
    }
    return PipelineModel(try Pipeline(PipelineSpecification(parsing: text, file: "p.yaml")), dataDirectory: folder.url)
  }

  /// Both have the same frames, bit for bit.
  private func expectEqual(_ name: String, in store: IntermediateStore, toRunFromNothing model: PipelineModel) throws {
    let alone = try IntermediateStore(at: folder.url.appendingPathComponent("alone \(UUID().uuidString)"))
    try alone.logIntermediates(of: model, as: Self.identity(name))
    for intermediate in model.pipeline.intermediateNames {
      let key = IntermediateKey(model: Self.identity(name), intermediate: intermediate)
      let expected = try alone.getIntermediates([key], plan: .read)[0]
      #expect(try store.getIntermediates([key], plan: .read)[0].isIdentical(to: expected), "\(name).\(intermediate), read")
      #expect(try store.getIntermediates([key], plan: .rerun)[0].isIdentical(to: expected), "\(name).\(intermediate), run again")
    }
  }

  @Test("Edit and run again: the stages that run are those from the change on")
  func edit() throws {
    _ = try folder.file("hour.csv", BikeSharingHours.csv())
    let store = try store()
    let first = try store.logIntermediates(of: model(), as: Self.identity("first"))
    #expect(first.stagesRun == ["read", "known", "split", "trees", "predicted"])
    let edits: [(name: String, changes: [(String, String)], computed: [String])] = [
      ("nothing", [], []),
      (
        "names", [("name: hourly", "name: other"), ("trees", "forest"), ("hours: hour.csv", "rides: hour.csv"), ("[hours]", "[rides]")], []
      ),
      ("last", [("inputs: [trees, split_test]", "inputs: [trees, split_test]\n    parameters: {decimals: 1}")], ["predicted"]),
      ("trees", [("rounds: 60", "rounds: 20")], ["trees", "predicted"]),
      ("split", [("seed: 7", "seed: 8")], ["split_train", "split_test", "trees", "predicted"]),
      (
        "columns", [("casual, registered]}\n  - name: split", "casual, registered, yr]}\n  - name: split")],
        ["known", "split_train", "split_test", "trees", "predicted"]
      ),
    ]
    for edit in edits {
      let changed = try model(edit.changes)
      let report = try store.logIntermediates(of: changed, as: Self.identity(edit.name))
      let reused = Set(report.reused.map(\.name))
      #expect(changed.pipeline.intermediateNames.filter { !reused.contains($0) } == edit.computed, "\(edit.name)")
      // A stage before the change may run all the same, where that is faster than reading what it emits; after nothing, nothing does.
      let last = changed.pipeline.stages.filter { $0.outputs.contains(where: edit.computed.contains) }.map(\.name)
      #expect(Array(report.stagesRun.suffix(last.count)) == last, "\(edit.name)")
      #expect(edit.computed.isEmpty == report.stagesRun.isEmpty && report.damaged.isEmpty, "\(edit.name)")
      try expectEqual(edit.name, in: store, toRunFromNothing: model(edit.changes))
    }
    #expect(try store.verify().isIntact)
  }

  @Test("A file that changed is another input: what reads it runs, and a model that was logged on the old one says so")
  func otherFile() throws {
    _ = try folder.file("hour.csv", BikeSharingHours.csv())
    let store = try store()
    try store.logIntermediates(of: model(), as: Self.identity("first"))
    _ = try folder.file("hour.csv", BikeSharingHours.csv(seed: 6))
    let report = try store.logIntermediates(of: model(), as: Self.identity("second"))
    #expect(report.stagesRun.count == 5 && report.reused.isEmpty)
    try expectEqual("second", in: store, toRunFromNothing: model())
    let error = #expect(throws: StoreError.self) { try store.getIntermediates(["bikes.first.predicted.*"], plan: .rerun) }
    #expect(error?.code == .otherInputs && error?.what.contains("hour.csv") == true)
    #expect((error?.what.components(separatedBy: "xxh3-128:").count ?? 0) == 3, "both digests")
    _ = try folder.file("hour.csv", BikeSharingHours.csv())
    #expect(try store.logIntermediates(of: model(), as: Self.identity("third")).stagesRun.isEmpty)
  }

  @Test("A restored pipeline over other files is not taken for one that was trained on them")
  func restoredElsewhere() throws {
    _ = try folder.file("hour.csv", BikeSharingHours.csv())
    let store = try store()
    let trained = try model()
    try store.logIntermediates(of: trained, as: Self.identity("first"))
    _ = try folder.file("hour.csv", BikeSharingHours.csv(seed: 6))
    // The same object: it applies what it learned from the old file.
    try store.logIntermediates(of: trained, as: Self.identity("applied"))
    let fresh = try store.logIntermediates(of: model(), as: Self.identity("fresh"))
    #expect(fresh.stagesRun.contains("trees"), "what was trained on the old file is not what is trained on the new one")
    try expectEqual("fresh", in: store, toRunFromNothing: model())
    let results = try ["applied", "fresh"].map { try store.getIntermediates(["bikes.\($0).predicted.*"], plan: .read)[0] }
    #expect(!results[0].isIdentical(to: results[1]))
  }

  @Test("States that a run took from the store are forgotten when it fails: the files may be others the next time")
  func failedAfterAdopting() throws {
    _ = try folder.file("hour.csv", BikeSharingHours.csv())
    let store = try store()
    try store.logIntermediates(of: model(), as: Self.identity("first"))
    struct Refused: Error {}
    let again = try model()
    let untrained = again.untrained
    again.adopt(try learned("first"))
    #expect(again.untrained.count < untrained.count)
    let wanted = Set(again.pipeline.intermediateNames)
    #expect(throws: Refused.self) { try again.execute(ExecutionRequest(intermediates: wanted, rows: .all)) { _, _ in throw Refused() } }
    #expect(again.untrained == untrained)
    // So that what is trained then is trained on what is there then.
    _ = try folder.file("hour.csv", BikeSharingHours.csv(seed: 6))
    try store.logIntermediates(of: again, as: Self.identity("second"))
    try expectEqual("second", in: store, toRunFromNothing: model())
  }

  /// What a logged model has learned.
  private func learned(_ name: String) throws -> [StoredTransformer] {
    let trained = try model()
    let alone = try IntermediateStore(at: folder.url.appendingPathComponent("trained \(UUID().uuidString)"))
    try alone.logIntermediates(of: trained, as: Self.identity(name))
    return trained.transformers()
  }

  @Test("Random pipelines: frames are those of a run from nothing, and bytes those of logging without reuse")
  func random() throws {
    let report = TortureRun("pipeline reuse", TortureSettings("MISTIQUE_PIPELINE_REUSES", small: 12)).run { _, random in
      let drawn = RandomPipeline(&random)
      let folder = TemporaryDirectory.fast("pipeline-reuse")
      defer { try? FileManager.default.removeItem(at: folder.url) }
      for (name, text) in drawn.files { _ = try folder.file("\(name).csv", text) }
      let last = drawn.lastFrame
      let endings = [
        "{name: split, transformer: TrainTestSplit, inputs: [\(last)], parameters: {test_fraction: 0.3, seed: 5}}",
        "{name: split, transformer: TrainTestSplit, inputs: [\(last)], parameters: {test_fraction: 0.3, seed: 6}}",
        "{name: kept, transformer: SelectColumn, inputs: [\(last)], parameters: {columns: []}}",
      ]
      let stores = try ["reuse", "all"].map { try IntermediateStore(at: folder.url.appendingPathComponent($0)) }
      var reused = 0
      for (number, ending) in (endings + [endings[1], endings[0]]).enumerated() {
        let identity = ModelIdentity(project: "z", name: "m\(number)")
        let text = drawn.text([ending])
        let model = { PipelineModel(try Pipeline(PipelineSpecification(parsing: text, file: "p.yaml")), dataDirectory: folder.url) }
        let names = try model().pipeline.intermediateNames
        do {
          reused += try stores[0].logIntermediates(of: model(), as: identity).reused.count
        } catch is PipelineRunError {
          #expect(throws: PipelineRunError.self) { try stores[1].logIntermediates(of: model(), as: identity, policy: .dedup.withoutReuse) }
          continue
        }
        try stores[1].logIntermediates(of: model(), as: identity, policy: .dedup.withoutReuse)
        for name in names {
          let key = IntermediateKey(model: identity, intermediate: name)
          let read = try stores.map { try $0.getIntermediates([key], plan: .read)[0] }
          if !read[0].isIdentical(to: read[1]) { throw BrokenProperty("\(name) of model \(number) has other bits\n\(text)") }
        }
        let storage = try stores.map { try $0.storage() }
        if storage[0].chunks != storage[1].chunks || storage[0].rawBytes != storage[1].rawBytes {
          throw BrokenProperty("model \(number) takes \(storage[0].rawBytes) bytes with reuse, \(storage[1].rawBytes) without\n\(text)")
        }
      }
      return reused > 0 ? "reused" : "nothing to reuse"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(report.outcomes["reused", default: 0] > 0)
  }
}
