import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Runs that are given some frames instead of computing them.
struct AvailableFramesTests {
  private func logged(_ name: String) throws -> (run: PipelineRun, frames: [String: DataFrame], states: FittedStates) {
    let run = try PipelineRun(Pipeline(template(name), variant: "a"), dataDirectory: SmallZillow.directory.get())
    var frames: [String: DataFrame] = [:]
    let states = try run.execute { frames[$0.name] = $0.frame }.states
    return (run, frames, states)
  }

  @Test(
    "Every stage of a Zillow pipeline runs alone, from the frames that it says it reads, without any file",
    arguments: ["P1", "P2", "P5", "P10"])
  func everyStageAlone(name: String) throws {
    let (run, frames, states) = try logged(name)
    let nowhere = PipelineRun(run.pipeline, dataDirectory: URL(fileURLWithPath: "/nowhere"))
    for stage in run.pipeline.stages where stage.transformer != "ReadCSV" {
      let reads = run.pipeline.framesToApply(stage)
      let available = frames.filter { reads.contains($0.key) }
      #expect(available.count == reads.count)
      var produced: [String] = []
      let record = try nowhere.execute(.init(wanted: Set(stage.outputs), available: .frames(available), states: states)) {
        produced.append($0.name)
        #expect($0.frame.isIdentical(to: frames[$0.name]!), "\($0.name)")
        #expect($0.passedOn.values.allSatisfy { reads.contains($0.intermediate) }, "\($0.name)")
      }
      #expect(produced == stage.outputs)
      #expect(
        Array(record.seconds.keys) == [run.pipeline.stages.firstIndex { $0.name == stage.name }!], "a restored model is no stage that ran")
    }
  }

  @Test("A stage says what a re-run of it reads: no file, nothing that it was fitted on, and no model")
  func reads() throws {
    let model = try PipelineModel(Pipeline(template("P1"), variant: "a"), dataDirectory: URL(fileURLWithPath: "/nowhere"))
    let reads = Dictionary(uniqueKeysWithValues: model.stages.map { ($0.name, $0.reads) })
    #expect(reads["read_properties"] == [String]())
    #expect(reads["join_train"] == ["read_train", "read_properties"])
    #expect(reads["train_model"] == [String]())
    #expect(reads["predict_train"] == ["drop_train"])
    let small = try SmallPipeline(
      "x,y\n1,2\n3,4\n", "{name: scaled, transformer: Scale, inputs: [read, read]}",
      "{name: twice, transformer: CombinePredictions, inputs: [scaled, scaled], parameters: {weights: [1, 2]}}")
    #expect(small.model.stages.map(\.reads) == [[], ["read"], ["scaled"]])
    let another = try SmallPipeline(
      "x,y\n1,2\n3,4\n", "{name: less, transformer: SelectColumn, inputs: [read], parameters: {columns: [x]}}",
      "{name: scaled, transformer: Scale, inputs: [read, less]}")
    #expect(another.model.stages.map(\.reads) == [[], ["read"], ["less"]])
  }

  @Test("A frame that a stage of the run emits anyway is not read, and one that several stages need is read once")
  func readOnce() throws {
    let small = try SmallPipeline(
      "x,y\n1,2\n3,4\n5,6\n7,8\n9,9\n", "{name: split, transformer: TrainTestSplit, inputs: [read], parameters: {test_fraction: 0.5}}",
      "{name: a, transformer: Scale, inputs: [split_train]}",
      "{name: b, transformer: SelectColumn, inputs: [split_train], parameters: {columns: [x]}}",
      "{name: c, transformer: Join, inputs: [a, b], parameters: {left_key: y, right_key: x, how: left}}")
    var frames: [String: DataFrame] = [:]
    let states = try small.run.execute(.init(wanted: ["a", "b", "split_test"])) { frames[$0.name] = $0.frame }.states
    let all = frames
    func reads(_ wanted: Set<String>, _ available: [String]) throws -> [String] {
      let reads = Recorder()
      let given = AvailableIntermediates(names: Set(available), maps: { _, _, _ in }) { name in
        reads.add(name)
        return all[name]!
      }
      try small.run.execute(.init(wanted: wanted, available: given, states: states)) { #expect($0.frame.isIdentical(to: all[$0.name]!)) }
      return reads.names
    }
    #expect(try reads(["a", "b"], ["split_train"]) == ["split_train"])
    #expect(try reads(["a", "split_test"], ["split_train"]) == [])
    #expect(try reads(["a"], ["split_train", "split_test", "b", "read"]) == ["split_train"])
    #expect(try reads(["a"], ["a"]) == [])
  }

  @Test("Frames with other rows, columns or types are errors that say which stage and what is wrong")
  func wrongFrames() throws {
    let small = try SmallPipeline(
      "x,y,c\n1,2,a\n3,4,b\n5,6,a\n7,8,b\n", "{name: left, transformer: SelectColumn, inputs: [read], parameters: {columns: [x]}}",
      "{name: right, transformer: SelectColumn, inputs: [read], parameters: {columns: [y]}}",
      "{name: both, transformer: TrainTestSplit, inputs: [left, right], parameters: {test_fraction: 0.5}}",
      "{name: trees, transformer: TrainXGBoost, inputs: [both_train], parameters: {target: y, rounds: 2}}",
      "{name: predicted, transformer: Predict, inputs: [trees, left]}")
    let model = small.model
    var frames: [String: DataFrame] = [:]
    _ = try model.execute(ExecutionRequest(intermediates: Set(small.pipeline.intermediateNames))) { name, rows in
      if case .frame(let frame, _) = rows { frames[name] = frame }
    }
    func message(_ wanted: String, _ name: String, _ frame: DataFrame) throws -> String {
      var given = frames
      given[name] = frame
      let error = #expect(throws: PipelineRunError.self) {
        try model.execute(ExecutionRequest(intermediates: [wanted], available: .frames(given))) { _, _ in }
      }
      return error.map { "\($0)" } ?? ""
    }
    let left = frames["left"]!
    #expect(
      try message("both_train", "right", frames["right"]!.slice(0..<3)).hasPrefix(
        "pipeline P, stage both: the inputs have different row_ids"))
    #expect(try message("left", "read", frames["right"]!).hasPrefix("pipeline P, stage left: there is no column \"x\"; there are y"))
    let text = DataFrame(rowIDs: left.rowIDs, columns: [("x", Column(.text(TextValues(["1", "3", "5", "7"]))))])
    #expect(
      try message("predicted", "left", text).hasPrefix("pipeline P, stage predicted: column \"x\" is a text, which a learner cannot use"))
    #expect(try message("predicted", "left", frames["right"]!).hasPrefix("pipeline P, stage predicted: there is no column \"x\""))
    struct Damaged: Error {}
    let damaged = AvailableIntermediates(names: ["left"], maps: { _, _, _ in }, frame: { _ in throw Damaged() })
    #expect(throws: Damaged.self) { try model.execute(ExecutionRequest(intermediates: ["predicted"], available: damaged)) { _, _ in } }
  }

  @Test("What a run from available frames passes on is stored by its hash and read back")
  func materialized() throws {
    let small = try SmallPipeline(
      "x,y,c\n1,2,a\n3,4,b\n5,,a\n7,8,b\n", "{name: renamed, transformer: Rename, inputs: [read], parameters: {names: {x: z}}}",
      "{name: filled, transformer: FillNA, inputs: [renamed], parameters: {strategy: mean, columns: [y]}}",
      "{name: split, transformer: TrainTestSplit, inputs: [filled], parameters: {test_fraction: 0.5}}")
    let model = small.model
    var frames: [String: DataFrame] = [:]
    _ = try model.execute(ExecutionRequest(intermediates: Set(small.pipeline.intermediateNames))) { name, rows in
      if case .frame(let frame, _) = rows { frames[name] = frame }
    }
    let all = frames
    let identity = ModelIdentity(project: "z", name: "P")
    let store = try IntermediateStore(at: small.directory.url.appendingPathComponent("store"))
    store.register(kind: PipelineModel.kind) {
      GivenFrames(try PipelineModel(restoring: $0, dataDirectory: small.directory.url), frames: all)
    }
    try store.logIntermediates(of: small.model, as: identity, policy: .adaptive(gamma: 0))
    for names in [["renamed"], ["filled", "split_train"], ["split_test"]] {
      let keys = names.map { IntermediateKey(model: identity, intermediate: $0) }
      for result in try store.getIntermediates(keys, plan: .rerun) {
        guard case .stored? = result.materialized else {
          Issue.record("\(result.intermediate) became \(String(describing: result.materialized))")
          continue
        }
      }
      for result in try store.getIntermediates(keys, plan: .read) {
        guard case .frame(let frame) = result.values else { continue }
        #expect(frame.isIdentical(to: all[result.intermediate]!), "\(result.intermediate)")
      }
    }
    #expect(try store.verify().isIntact)
  }
}

/// A pipeline that is given all frames but the wanted ones.
private final class GivenFrames: ExecutableModel {
  static let kind = PipelineModel.kind
  let model: PipelineModel
  let frames: [String: DataFrame]

  init(_ model: PipelineModel, frames: [String: DataFrame]) {
    self.model = model
    self.frames = frames
  }

  var specification: String { model.specification }
  var stages: [Stage] { model.stages }
  func transformers() throws -> [StoredTransformer] { model.transformers() }
  func inputs(of intermediates: Set<String>) throws -> [ModelInput] { try model.inputs(of: intermediates) }

  func execute(_ request: ExecutionRequest, emit: (String, IntermediateRows) throws -> Void) throws -> [StageMeasurement] {
    let given = frames.filter { !request.intermediates.contains($0.key) }
    return try model.execute(
      ExecutionRequest(intermediates: request.intermediates, rows: request.rows, available: .frames(given)), emit: emit)
  }
}

/// Names in the order in which they were added.
private final class Recorder: @unchecked Sendable {
  private(set) var names: [String] = []
  func add(_ name: String) { names.append(name) }
}
