import Testing

@testable import TabularPipelines

/// Inputs, references, values and variants that are not what they should be: one error each that names file, line and key.
struct HostileEntryTests {
  @Test(
    "An input or a reference that is wrong is an error that names it",
    arguments: [
      ("name: P\nproject: z\ninputs: []\nstages: []\n", "p.yaml:3: inputs: expected a mapping of names to values, got a list"),
      ("name: P\nproject: z\ninputs:\nstages: []\n", "p.yaml:3: inputs: expected a mapping of names to values, got nothing"),
      ("name: P\nproject: z\ninputs: {f: }\nstages: []\n", "p.yaml:3: inputs.f: expected a text, got nothing"),
      ("name: P\nproject: z\ninputs: {f: /etc/passwd}\nstages: []\n", "p.yaml:3: inputs.f: \"/etc/passwd\" is not a path inside"),
      ("name: P\nproject: z\ninputs: {f: a/../../b}\nstages: []\n", "p.yaml:3: inputs.f: \"a/../../b\" is not a path inside"),
      ("name: P\nproject: z\ninputs: {f: \"f.csv\\0x\"}\nstages: []\n", "p.yaml:3: inputs.f: \"f.csv\0x\" is not a path inside"),
      (
        "name: P\nproject: z\ninputs: {}\nstages:\n" + SmallPipeline.read,
        "p.yaml:5: stages.read.inputs: there is no input or earlier stage \"f\"; there are: none"
      ),
      (
        SmallPipeline.head + "stages:\n  - {name: a, transformer: ReadCSV, inputs: f}\n",
        "p.yaml:5: stages.a.inputs: expected a list, got \"f\""
      ),
      (
        SmallPipeline.stages + "  - {name: a, transformer: DropColumns, inputs: [a], parameters: {columns: [x]}}\n",
        "p.yaml:6: stages.a.inputs: \"a\" runs at or after this stage"
      ),
      (
        SmallPipeline.stages + "  - {name: a, transformer: DropColumns, inputs: [b], parameters: {columns: [x]}}\n"
          + "  - {name: b, transformer: DropColumns, inputs: [a], parameters: {columns: [x]}}\n",
        "p.yaml:6: stages.a.inputs: \"b\" runs at or after this stage"
      ),
      (
        SmallPipeline.stages + "  - {name: a, transformer: DropColumns, inputs: [s_train], parameters: {columns: [x]}}\n"
          + "  - {name: s, transformer: TrainTestSplit, inputs: [read]}\n",
        "p.yaml:6: stages.a.inputs: \"s_train\" runs at or after this stage"
      ),
    ])
  func inputs(text: String, message: String) throws { try HostileText.expect(text, message) }

  @Test(
    "A value of another kind or out of range is an error that says what is expected",
    arguments: [
      (
        HostileText.split("seed: \"4\""), "p.yaml:6: stages.s.parameters.seed: expected an integer from 0 to 9223372036854775807, got \"4\""
      ),
      (HostileText.split("seed: 99999999999999999999"), "p.yaml:6: stages.s.parameters.seed: expected an integer from 0 to"),
      (HostileText.split("seed: -1"), "p.yaml:6: stages.s.parameters.seed: expected an integer from 0 to"),
      (HostileText.split("seed: 1e3"), "p.yaml:6: stages.s.parameters.seed: expected an integer from 0 to"),
      (HostileText.split("seed: 4.0"), "p.yaml:6: stages.s.parameters.seed: expected an integer from 0 to"),
      (HostileText.split("seed: yes"), "p.yaml:6: stages.s.parameters.seed: expected an integer from 0 to"),
      (
        HostileText.split("test_fraction: .nan"),
        "p.yaml:6: stages.s.parameters.test_fraction: expected a number from 0.0 to 1.0, got \".nan\""
      ),
      (HostileText.split("test_fraction: nan"), "p.yaml:6: stages.s.parameters.test_fraction: expected a number"),
      (HostileText.split("test_fraction: 1e999"), "p.yaml:6: stages.s.parameters.test_fraction: expected a number"),
      (HostileText.split("test_fraction: 0x1p-1"), "p.yaml:6: stages.s.parameters.test_fraction: expected a number"),
      (HostileText.split("test_fraction: '0.5'"), "p.yaml:6: stages.s.parameters.test_fraction: expected a number"),
      (HostileText.split("test_fraction: "), "p.yaml:6: stages.s.parameters.test_fraction: expected a number from 0.0 to 1.0, got nothing"),
      (
        HostileText.split("test_fraction: [0.5]"),
        "p.yaml:6: stages.s.parameters.test_fraction: expected a number from 0.0 to 1.0, got a list"
      ),
      (
        SmallPipeline.stages + "  - {name: a, transformer: DropColumns, inputs: [read], parameters: {columns: x}}\n",
        "p.yaml:6: stages.a.parameters.columns: expected a list, got \"x\""
      ),
      (
        SmallPipeline.stages + "  - {name: a, transformer: DropColumns, inputs: [read], parameters: {columns: [[x]]}}\n",
        "p.yaml:6: stages.a.parameters.columns: expected a text, got a list"
      ),
      (
        SmallPipeline.stages + "  - {name: a, transformer: TrainXGBoost, inputs: [read], parameters: {target: }}\n",
        "p.yaml:6: stages.a.parameters.target: expected a text, got nothing"
      ),
      (
        SmallPipeline.stages + "  - {name: a, transformer: TrainXGBoost, inputs: [read], parameters: [target]}\n",
        "p.yaml:6: stages.a.parameters: expected a mapping of names to values, got a list"
      ),
    ])
  func values(text: String, message: String) throws { try HostileText.expect(text, message) }

  @Test("Booleans are true and false; YAML 1.1's yes and on are not", arguments: ["yes", "on", "True", "1", "\"true\""])
  func booleans(text: String) throws {
    let node = try SpecificationParserProbe.node("flag: \(text)\n", key: "flag")
    let error = try #require(throws: SpecificationError.self) { try node.value(ParameterDeclaration("flag", .boolean)) }
    #expect(error.description.hasPrefix("p.yaml:1: flag: expected true or false, got "))
    #expect(try SpecificationParserProbe.node("flag: true\n", key: "flag").value(ParameterDeclaration("flag", .boolean)) == .boolean(true))
  }

  @Test(
    "A variant that is no mapping, or changes what is not there, is an error that names it",
    arguments: [
      (SmallPipeline.stages + "variants:\n", "p.yaml:6: variants: expected a mapping of names to values, got nothing"),
      (SmallPipeline.stages + "variants: [a]\n", "p.yaml:6: variants: expected a mapping of names to values, got a list"),
      (SmallPipeline.stages + "variants:\n  a:\n", "p.yaml:7: variants.a: expected a mapping of names to values, got nothing"),
      (
        SmallPipeline.stages + "variants:\n  a: {read: }\n", "p.yaml:7: variants.a.read: expected a mapping of names to values, got nothing"
      ),
      (SmallPipeline.stages + "variants:\n  a: {f: {}}\n", "p.yaml:7: variants.a.f: there is no stage \"f\"; there are: read"),
      (
        SmallPipeline.stages + "variants:\n  a:\n    read:\n      skema: x\n",
        "p.yaml:9: variants.a.read.skema: ReadCSV has no such parameter; it has: "
      ),
      (
        SmallPipeline.stages + "variants:\n  a: {read: {schema: x}}\n",
        "p.yaml:7: variants.a.read.schema: expected one of zillow, inferred, got \"x\""
      ),
    ])
  func variants(text: String, message: String) throws { try HostileText.expect(text, message) }
}
