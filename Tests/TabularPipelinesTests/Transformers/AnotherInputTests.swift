import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Stages that are fitted on one frame and emit another.
struct AnotherInputTests {
  private static let stages = ["Scale", "PCA", "FillNA", "OneHotEncoding", "Avg", "ComputeNeighborhood"]

  private static let text = """
    name: p
    project: z
    inputs: {train_file: train.csv, test_file: test.csv}
    stages:
      - {name: train, transformer: ReadCSV, inputs: [train_file]}
      - {name: test, transformer: ReadCSV, inputs: [test_file]}
      - {name: train_filled, transformer: FillNA, inputs: [train], parameters: {strategy: mean, columns: [x, y]}}
      - {name: test_filled, transformer: FillNA, inputs: [train, test], parameters: {strategy: mean, columns: [x, y]}}
      - {name: train_scaled, transformer: Scale, inputs: [train_filled]}
      - {name: test_scaled, transformer: Scale, inputs: [train_filled, test_filled]}
      - {name: train_encoded, transformer: OneHotEncoding, inputs: [train_scaled], parameters: {columns: [city]}}
      - {name: test_encoded, transformer: OneHotEncoding, inputs: [train_scaled, test_scaled], parameters: {columns: [city]}}
      - {name: model, transformer: TrainXGBoost, inputs: [train_encoded], parameters: {target: x, rounds: 3}}
      - {name: predicted, transformer: Predict, inputs: [model, test_encoded]}
    """

  private func run() throws -> (PipelineRun, TemporaryDirectory) {
    let directory = TemporaryDirectory()
    _ = try directory.file("train.csv", "x,y,city\n1,10,a\n3,,b\n5,20,a\n,30,c\n")
    _ = try directory.file("test.csv", "x,y,city\n,,z\n7,40,b\n")
    let pipeline = try Pipeline(PipelineSpecification(parsing: Self.text, file: "p.yaml"))
    return (PipelineRun(pipeline, dataDirectory: directory.url), directory)
  }

  @Test("What is learned of the training rows is applied to the test rows")
  func trainAndTest() throws {
    let (run, _) = try run()
    var frames: [String: DataFrame] = [:]
    let states = try run.execute { frames[$0.name] = $0.frame }.states
    #expect(frames["test_filled"]!["x"]!.doubles! == [3, 7] && frames["test_filled"]!["y"]!.doubles! == [20, 40])
    let deviation = 2.0.squareRoot()
    #expect(frames["test_scaled"]!["x"]!.doubles! == [0, 4 / deviation])
    #expect(frames["test_encoded"]!.names == frames["train_encoded"]!.names, "a category of the test rows only gives no column")
    #expect(frames["test_encoded"]!["city_b"]!.goldenTexts == ["false", "true"])
    #expect(states["train_scaled"] == states["test_scaled"] && states["train_encoded"] == states["test_encoded"])
    #expect(frames["predicted"]!.rowCount == 2)
  }

  @Test("Of the frame that it emits Avg reads the key alone, and integers that float64 does not hold are an error")
  func average() throws {
    func frame(_ columns: [(String, [Int64])]) -> DataFrame { DataFrame(columns.map { ($0, Column(.int64($1))) }) }
    let avg = makeTransformer(Avg.self, ["columns": .texts(["price"]), "by": .text("zip")])
    let fitted = try avg.fit([.frame(frame([("price", [2, 4, 9]), ("zip", [1, 1, 2])]))])
    let test = frame([("zip", [2, 1, 3])])
    let applied = try fitted.apply([.frame(frame([("price", [2, 4, 9]), ("zip", [1, 1, 2])])), .frame(test)])[0]
    #expect(applied.names == ["zip", "price_avg_by_zip"])
    let means = applied["price_avg_by_zip"]!
    #expect(means.doubles!.prefix(2) == [9, 3] && !means.isPresent(2))
    let large = frame([("price", [1 << 53, 1 << 53 + 1]), ("zip", [1, 2])])
    #expect(throws: NumericColumnError.self) { try avg.fit([.frame(large)]) }
  }

  @Test("A re-run restores them and reads the test rows alone, with the same bits")
  func rerun() throws {
    let (run, directory) = try run()
    var frames: [String: DataFrame] = [:]
    let states = try run.execute { frames[$0.name] = $0.frame }.states
    #expect(run.stagesToRun(.init(wanted: ["test_encoded"], states: states)) == ["test", "test_filled", "test_scaled", "test_encoded"])
    try FileManager.default.removeItem(at: directory.url.appendingPathComponent("train.csv"))
    try run.execute(.init(wanted: ["test_encoded", "predicted"], states: states)) {
      #expect($0.frame.isIdentical(to: frames[$0.name]!), "\($0.name)")
    }
  }

  @Test("FillNA knows the gaps of both frames, and refers to the one that it fills")
  func filling() throws {
    let (train, test) = (
      DataFrame([("a", Column(.float64([1, 3]))), ("b", Column(.float64([.nan, 4])))]),
      DataFrame([("a", Column(.float64([0, 8]), validity: Validity(words: [2], count: 2))), ("b", Column(.float64([5, 6])))])
    )
    let fill = makeTransformer(FillNA.self, ["strategy": .text("mean")])
    let fitted = try fill.fit([.frame(train), .frame(test)])
    let traced = try fitted.applyTracing([.frame(train), .frame(test)])[0]
    #expect(traced.frame["a"]!.doubles! == [2, 8] && traced.frame["b"]!.isSame(as: test["b"]!))
    #expect(traced.origins[0]?.input == 1)
    let restored = try fill.restore(fitted.state).applyTracing([.frame(test)])[0]
    #expect(restored.frame.isIdentical(to: traced.frame) && restored.origins[0]?.input == 0)
  }

  @Test("A specification may give them one or two inputs, and no stage else", arguments: stages)
  func inputCount(name: String) throws {
    func parse(_ inputs: String, _ name: String) throws -> PipelineSpecification {
      let signature = try #require(TransformerRegistry.standard[name]?.signature)
      let required = signature.parameters.filter { $0.defaultValue == nil }.map { $0.kind == .texts ? "\($0.name): [x]" : "\($0.name): x" }
      return try PipelineSpecification(
        parsing: SmallPipeline.text([
          "{name: s, transformer: \(name), inputs: \(inputs), parameters: {\(required.joined(separator: ", "))}}"
        ]),
        file: "p.yaml")
    }
    #expect(try parse("[read]", name).stages[1].inputs == ["read"] && parse("[read, read]", name).stages[1].inputs == ["read", "read"])
    let error = try #require(throws: SpecificationError.self) { try parse("[read, read, read]", name) }
    #expect(error.description == "p.yaml:6: stages.s.inputs: \(name) takes 1 or 2 inputs, got 3")
    #expect(throws: SpecificationError.self) { try parse("[read, read]", "SelectColumn") }
    #expect(throws: SpecificationError.self) { try parse("[read, f]", name) }
  }
}
