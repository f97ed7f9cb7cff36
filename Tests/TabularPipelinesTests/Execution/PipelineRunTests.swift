import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct PipelineRunTests {
  private func run(_ name: String) throws -> PipelineRun {
    try PipelineRun(Pipeline(template(name), variant: "a"), dataDirectory: SmallZillow.directory.get())
  }

  private func collect(_ run: PipelineRun, _ request: PipelineRun.Request = .init()) throws -> (
    frames: [String: DataFrame], states: FittedStates
  ) {
    var frames: [String: DataFrame] = [:]
    let states = try run.execute(request) { frames[$0.name] = $0.frame }.states
    return (frames, states)
  }

  @Test("A re-run from stored states gives the bits of the logging run", arguments: ["P1", "P2", "P10"])
  func rerunsAreIdentical(name: String) throws {
    let run = try run(name)
    let logged = try collect(run)
    #expect(Set(logged.frames.keys) == Set(run.pipeline.intermediateNames))
    let again = try collect(run, .init(states: logged.states))
    let trainedAgain = try collect(run)
    for (name, frame) in logged.frames {
      #expect(again.frames[name]?.isIdentical(to: frame) == true, "\(name)")
      #expect(trainedAgain.frames[name]?.isIdentical(to: frame) == true, "\(name)")
    }
    #expect(trainedAgain.states == logged.states && again.states == logged.states)
    for name in run.pipeline.intermediateNames {
      let only = try collect(run, .init(wanted: [name], states: logged.states))
      #expect(only.frames[name]?.isIdentical(to: try #require(logged.frames[name])) == true, "\(name) alone")
    }
  }

  @Test("Only the ancestors of a wanted intermediate run, and none beyond available ones")
  func onlyAncestorsRun() throws {
    let run = try run("P1")
    let logged = try collect(run)
    #expect(run.stagesToRun(.init(wanted: ["select_target"])) == ["read_properties", "read_train", "join_train", "select_target"])
    #expect(run.stagesToRun(.init(wanted: ["train_model"], states: logged.states)) == ["train_model"])
    var request = PipelineRun.Request(wanted: ["predict_train"], states: logged.states)
    request.available = .frames(["join_train": try #require(logged.frames["join_train"])])
    #expect(run.stagesToRun(request) == ["drop_train", "predict_train"])
    let produced = try collect(run, request).frames
    #expect(Set(produced.keys) == ["drop_train", "predict_train"])
    #expect(produced["predict_train"]?.isIdentical(to: try #require(logged.frames["predict_train"])) == true)
    request.available = .frames(["drop_train": try #require(produced["drop_train"])])
    #expect(run.stagesToRun(request) == ["predict_train"])
    request.available = .frames(logged.frames)
    #expect(run.stagesToRun(request) == ["predict_train"], "a wanted one is produced although it is available")
    #expect(run.filesRead(["predict_train"], available: ["drop_train"], fitted: Set(logged.states.keys)) == [])
    #expect(run.filesRead(["predict_train"], available: ["drop_train"]).count == 2, "training reads files")
    #expect(run.stagesToRun(.init(wanted: ["predict_test"])).contains("split"))
  }

  @Test("An error names pipeline and stage, and the caller's own error is passed on")
  func errorsNameTheStage() throws {
    let empty = TemporaryDirectory()
    let run = try PipelineRun(Pipeline(template("P1"), variant: "a"), dataDirectory: empty.url)
    let error = try #require(throws: PipelineRunError.self) { try run.execute { _ in } }
    #expect(error.description.hasPrefix("pipeline P1_a, stage read_properties: "))
    struct Stop: Error {}
    let real = try self.run("P1")
    #expect(throws: Stop.self) { try real.execute { _ in throw Stop() } }
  }

  @Test("Predictions follow the error a little, as models of the real table do")
  func predictionsMeanSomething() throws {
    let frames = try collect(run("P1")).frames
    let target = try #require(frames["select_target"]?["logerror"]?.doubles)
    let predicted = try #require(frames["predict_train"]?["prediction"]?.doubles)
    #expect(correlation(target, predicted) > 0.1)
  }
}
