import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct RenameTests {
  private let frame = DataFrame([("a", Column(.int64([1, 2]))), ("b", Column(.int64([3, 4]))), ("c", Column(.int64([5, 6])))])

  private func rename(_ names: [(String, String)]) throws -> TracedFrame {
    return try makeTransformer(Rename.self, ["names": .mapping(of: names)]).applyTracing([.frame(frame)])[0]
  }

  @Test("columns get their new names in place, are shared, and may change names with each other")
  func renames() throws {
    let traced = try rename([("a", "b"), ("b", "a")])
    #expect(traced.frame.names == ["b", "a", "c"] && traced.frame.rowIDs == frame.rowIDs)
    for place in 0..<3 {
      #expect(traced.frame.columns[place].isSame(as: frame.columns[place]))
      #expect(traced.origins[place]?.column == place)
    }
    #expect(try rename([("c", "*")]).frame.names == ["a", "b", "*"])
    #expect(try rename([]).frame.isIdentical(to: frame))
  }

  @Test("an unknown name and a name that two columns would have are errors")
  func errors() {
    #expect(throws: TransformerError.missingColumns(["z"], available: ["a", "b", "c"])) { try rename([("z", "y")]) }
    #expect(throws: TransformerError.duplicateColumn("b")) { try rename([("a", "b")]) }
    #expect(throws: TransformerError.duplicateColumn("x")) { try rename([("a", "x"), ("c", "x")]) }
  }

  @Test("a mapping of a specification is kept in its canonical text, whatever its names are")
  func specification() throws {
    let long = String(repeating: "long ", count: 400)
    let text = """
      name: p
      project: z
      inputs: {f: f.csv}
      stages:
        - {name: read, transformer: ReadCSV, inputs: [f]}
        - {name: new, transformer: Rename, inputs: [read], parameters: {names: {"b: {c}": x, a: "*", "caf\u{e9}": "\\"q\\""}}}
        - {name: typed, transformer: Cast, inputs: [new], parameters: {types: {"*": float64}}}
      """
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

  @Test("a renamed column is logged as the one it was and asked for by its new name, also when that is a star")
  func logged() throws {
    let directory = TemporaryDirectory()
    _ = try directory.file("f.csv", "a,b\n1,x\n2,y\n")
    let text = """
      name: p
      project: z
      inputs: {f: f.csv}
      stages:
        - {name: read, transformer: ReadCSV, inputs: [f]}
        - {name: new, transformer: Rename, inputs: [read], parameters: {names: {a: "*", b: "`*`"}}}
      """
    let pipeline = try Pipeline(PipelineSpecification(parsing: text, file: "p.yaml"))
    let store = try IntermediateStore(at: directory.url.appendingPathComponent("store"))
    _ = try store.logIntermediates(
      of: PipelineModel(pipeline, dataDirectory: directory.url), as: ModelIdentity(project: "z", name: "p"), policy: .dedup)
    func ask(_ key: String) throws -> [String] { try #require(try store.getIntermediates([IntermediateKey(key)])[0].frame).names }
    #expect(try ask("z.p.new.*") == ["*", "`*`"])
    #expect(try ask("z.p.new.`*`") == ["*"])
    #expect(try ask("z.p.new.```*```") == ["`*`"])
    #expect(try store.intermediates(of: ModelIdentity(project: "z", name: "p")).first { $0.name == "new" }?.newBytes == 0)
    try store.close()
  }
}
