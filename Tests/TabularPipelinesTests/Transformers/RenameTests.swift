import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

struct RenameTests {
  private let frame = DataFrame([("a", Column(.int64([1, 2]))), ("b", Column(.int64([3, 4]))), ("c", Column(.int64([5, 6])))])

  private func rename(_ names: [(String, String)]) throws -> TracedFrame {
    return try makeTransformer(Rename.self, ["names": .mapping(of: names)]).applyTracing([.frame(frame)])[0]
  }

  @Test("Columns get their new names in place, are shared, and may change names with each other")
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

  @Test("An unknown name and a name that two columns would have are errors")
  func errors() {
    #expect(throws: TransformerError.missingColumns(["z"], available: ["a", "b", "c"])) { try rename([("z", "y")]) }
    #expect(throws: TransformerError.duplicateColumn("b")) { try rename([("a", "b")]) }
    #expect(throws: TransformerError.duplicateColumn("x")) { try rename([("a", "x"), ("c", "x")]) }
  }

  @Test("A renamed column is logged as the one it was and asked for by its new name, also when that is a star")
  func logged() throws {
    let small = try SmallPipeline(
      "a,b\n1,x\n2,y\n", #"{name: new, transformer: Rename, inputs: [read], parameters: {names: {a: "*", b: "`*`"}}}"#)
    let identity = ModelIdentity(project: "z", name: "P")
    let store = try IntermediateStore(at: small.directory.url.appendingPathComponent("store"))
    _ = try store.logIntermediates(of: small.model, as: identity, policy: .dedup)
    func ask(_ key: String) throws -> [String] { try #require(try store.getIntermediates([IntermediateKey(key)])[0].frame).names }
    #expect(try ask("z.P.new.*") == ["*", "`*`"])
    #expect(try ask("z.P.new.`*`") == ["*"])
    #expect(try ask("z.P.new.```*```") == ["`*`"])
    #expect(try store.intermediates(of: identity).first { $0.name == "new" }?.newBytes == 0)
    try store.close()
  }
}
