import Testing

@testable import TabularPipelines

struct SpecificationTests {
  private static let head = SmallPipeline.head
  private static let read = SmallPipeline.read

  @Test(
    "Errors name file, line and key",
    arguments: [
      ("name: [", "p.yaml:2: not valid YAML: did not find expected node content"),
      ("name: P\nproject: z\ninputs: {}\n", "p.yaml:1: stages: this entry is required and missing"),
      (head + "stages: []\nextra: 1\n", "p.yaml:5: extra: unknown entry; allowed here: name, project, inputs, stages, variants"),
      (
        head + "stages:\n  - {name: a, transformer: Nope, inputs: [f]}\n",
        "p.yaml:5: stages.a.transformer: unknown transformer \"Nope\"; "
          + "known: \(TransformerRegistry.standard.names.joined(separator: ", "))"
      ),
      (
        head + "stages:\n  - {name: a, transformer: ReadCSV, inputs: [f], parameters: {skema: x}}\n",
        "p.yaml:5: stages.a.parameters.skema: ReadCSV has no such parameter; it has: schema, required, columns, missing, separator"
      ),
      (
        head + "stages:\n  - {name: a, transformer: ReadCSV, inputs: [f], parameters: {schema: x}}\n",
        "p.yaml:5: stages.a.parameters.schema: expected one of zillow, inferred, got \"x\""
      ),
      (head + "stages:\n" + read + read, "p.yaml:6: stages.read.name: the name \"read\" is used twice"),
      (
        head + "stages:\n  - {name: a, transformer: ReadCSV, inputs: [g]}\n",
        "p.yaml:5: stages.a.inputs: there is no input or earlier stage \"g\"; there are: f"
      ),
      (
        head + "stages:\n  - {name: a, transformer: DropColumns, inputs: [read], parameters: {columns: [x]}}\n" + read,
        "p.yaml:5: stages.a.inputs: \"read\" runs at or after this stage; a stage can use only what earlier stages emit, so move it up"
      ),
      (
        head + "stages:\n  - {name: a, transformer: DropColumns, inputs: [f], parameters: {columns: [x]}}\n",
        "p.yaml:5: stages.a.inputs: \"f\" is an input file; this input takes an intermediate"
      ),
      (
        head + "stages:\n" + read + "  - {name: a, transformer: DropColumns, inputs: [read]}\n",
        "p.yaml:6: stages.a.parameters.columns: DropColumns needs this parameter: a list of texts"
      ),
      (
        head + "stages:\n" + read
          + "  - name: s\n    transformer: TrainTestSplit\n    inputs: [read]\n    parameters:\n      seed: \"4\"\n",
        "p.yaml:10: stages.s.parameters.seed: expected an integer from 0 to"
      ),
      (
        head + "stages:\n" + read
          + "  - name: s\n    transformer: TrainTestSplit\n    inputs: [read]\n    parameters: {test_fraction: 1.5}\n",
        "p.yaml:9: stages.s.parameters.test_fraction: expected a number from 0.0 to 1.0, got \"1.5\""
      ),
      (head + "stages:\n  - {name: a.b, transformer: ReadCSV, inputs: [f]}\n", "p.yaml:5: stages.name: \"a.b\" is no name; use letters"),
      (head + "stages:\n  - {name: a, transformer: Join, inputs: [f]}\n", "p.yaml:5: stages.a.inputs: Join takes 2 inputs, got 1"),
      (
        head + "stages:\n" + read + "  - {name: a, transformer: SelectColumn, inputs: [read, read], parameters: {columns: [x]}}\n",
        "p.yaml:6: stages.a.inputs: SelectColumn takes 1 input, got 2"
      ),
      (
        "name: P\nproject: z\ninputs: {f: ../f.csv}\nstages: []\n",
        "p.yaml:3: inputs.f: \"../f.csv\" is not a path inside the data directory"
      ),
      (
        head + "stages:\n" + read + "variants:\n  a: {nope: {}}\n", "p.yaml:7: variants.a.nope: there is no stage \"nope\"; there are: read"
      ),
    ])
  func errorsNamePlaces(text: String, message: String) throws { try HostileText.expect(text, message) }

  @Test("A concrete pipeline comes back from its canonical text", arguments: ["P1", "P2"], ["a", "b"])
  func canonicalTextRestores(name: String, variant: String) throws {
    let pipeline = try Pipeline(template(name), variant: variant)
    let restored = try Pipeline(canonicalText: pipeline.canonicalText)
    #expect(restored == pipeline)
    #expect(restored.canonicalText == pipeline.canonicalText)
    #expect(pipeline.name == "\(name)_\(variant)")
  }

  @Test("The stages of P1 and P2 are the paper's")
  func stagesAreThePapers() throws {
    for (name, learner) in [("P1", "TrainLightGBM"), ("P2", "TrainXGBoost")] {
      let expected =
        ["ReadCSV", "ReadCSV", "ReadCSV", "Join", "Join", "SelectColumn", "DropColumns", "DropColumns", "TrainTestSplit"]
        + [learner, "Predict", "Predict"]
      #expect(try Pipeline(template(name), variant: "a").stages.map(\.transformer) == expected)
    }
  }

  @Test("Variants override parameters and unknown ones are an error")
  func variants() throws {
    let template = try template("P1")
    #expect(try Pipeline(template, variant: "a") != Pipeline(template, variant: "b"))
    let error = try #require(throws: SpecificationError.self) { try Pipeline(template, variant: "zz") }
    #expect(error.description == "P1:1: variants: there is no variant \"zz\"; there are: a, b, c, d, e")
  }

  @Test("A mapping of a specification is kept in its canonical text, whatever its names are")
  func mappings() throws {
    let long = String(repeating: "long ", count: 400)
    let text = SmallPipeline.text([
      #"{name: new, transformer: Rename, inputs: [read], parameters: {names: {"b: {c}": x, a: "*", "caf\#u{e9}": "\"q\""}}}"#,
      #"{name: typed, transformer: Cast, inputs: [new], parameters: {types: {"*": float64}}}"#,
    ])
    let pipeline = try Pipeline(PipelineSpecification(parsing: text, file: "p.yaml"))
    #expect(try Pipeline(canonicalText: pipeline.canonicalText) == pipeline)
    #expect(pipeline.stages[1].parameters.entries("names").map(\.name) == ["a", "b: {c}", "caf\u{e9}"])
    let named = text.replacing("a: \"*\"", with: "? \"\(long)\" : x2")
    let other = try Pipeline(PipelineSpecification(parsing: named, file: "p.yaml"))
    #expect(try Pipeline(canonicalText: other.canonicalText) == other)
    let wrong = text.replacing("float64", with: "double")
    let error = try #require(throws: SpecificationError.self) { try PipelineSpecification(parsing: wrong, file: "p.yaml") }
    #expect(
      error.description
        == "p.yaml:7: stages.typed.parameters.types.*: expected one of float32, float64, int64, boolean, date, text, timestamp, "
        + "got \"double\"")
  }
}
