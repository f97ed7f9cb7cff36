import Mistique
import TestSupport
import Testing

@Suite struct KeyTests {
  @Test("A key has four parts", arguments: ["p.m.i.c", "zillow.P1_a.split_train.taxamount", "🏠.m.層.n35"])
  func plain(text: String) throws {
    #expect(try IntermediateKey(text).description == text)
  }

  @Test("Names with dots, backticks or nothing in them survive writing and reading")
  func quoting() throws {
    for name in ["a.b", "`", "``", "", "a`.`b", "/etc/passwd", "emoji 🏠.x"] {
      let key = IntermediateKey(model: ModelIdentity(project: name, name: "m"), intermediate: name, column: name)
      #expect(try IntermediateKey(key.description) == key, "\(name)")
    }
    #expect(try IntermediateKey("p.`my.model`.layer4.n35").model.name == "my.model")
  }

  @Test("A star asks for all columns, and between backticks for the column of that name")
  func stars() throws {
    let names = ["x", "*", "`*`", "``*``", "`*", "**"]
    let schema = IntermediateSchema.columns(names.map { IntermediateSchema.ColumnDescriptor(name: $0, type: .int64) })
    #expect(schema.columns(named: try IntermediateKey("p.m.i.*").column) == [0..<6])
    #expect(schema.columns(named: try IntermediateKey("p.m.i.`*`").column) == [1..<2])
    #expect(schema.columns(named: try IntermediateKey("p.m.i.```*```").column) == [2..<3])
    #expect(schema.columns(named: try IntermediateKey("p.m.i.**").column) == [5..<6])
    for text in ["p.m.i.*", "p.m.i.`*`", "p.m.i.```*```", "p.m.i.`````*`````", "p.m.i.```*`"] {
      #expect(try IntermediateKey(text).description == text)
      #expect(try IntermediateKey(IntermediateKey(text).description) == IntermediateKey(text))
    }
    let without = IntermediateSchema.columns([IntermediateSchema.ColumnDescriptor(name: "x", type: .int64)])
    #expect(without.columns(named: try IntermediateKey("p.m.i.`*`").column) == nil)
  }

  @Test("An accent behind a dot or a backtick does not hide it")
  func combiningMarks() throws {
    for name in ["\u{301}x", ".\u{301}", "`\u{301}", "a.\u{301}b`\u{301}"] {
      let key = IntermediateKey(model: ModelIdentity(project: "p", name: "m"), intermediate: "i", column: name)
      #expect(Array(try IntermediateKey(key.description).column.unicodeScalars) == Array(name.unicodeScalars))
    }
  }

  @Test("A malformed key says what is wrong with it", arguments: ["", "a.b.c", "a.b.c.d.e", "a.`b.c.d", "a.`b`x.c.d", "a.b`.c.d"])
  func malformed(text: String) {
    #expect { try IntermediateKey(text) } throws: {
      ($0 as? StoreError)?.code == .malformedKey && "\($0)".contains("project.model.intermediate.column")
    }
  }

  @Test("Names that Swift takes for equal and that differ in their bytes are two models, and an answer is of the one that was asked")
  func canonicallyEqual() throws {
    let names = ["\u{E9}", "e\u{301}"]
    #expect(names[0] == names[1])
    let (one, other) = (ModelIdentity(project: "p", name: names[0]), ModelIdentity(project: "p", name: names[1]))
    #expect(one != other && Set([one, other]).count == 2 && Set([one, ModelIdentity(project: "p", name: names[0])]).count == 1)
    #expect(ModelIdentity(project: "ab", name: "c") != ModelIdentity(project: "a", name: "bc"))
    let folder = TemporaryDirectory("keys")
    let store = try IntermediateStore.withToys(at: folder.url)
    try store.logIntermediates(of: ToyNetwork(rows: 30, weight: 2), as: one)
    try store.logIntermediates(of: ToyNetwork(rows: 30, weight: 3), as: other)
    let keys = [one, other].map { IntermediateKey(model: $0, intermediate: "layer1") }
    #expect(keys[0] != keys[1] && Set(keys).count == 2)
    let both = try store.getIntermediates(keys, plan: .read)
    #expect(both.count == 2 && !both[0].isIdentical(to: both[1]))
    for (key, result) in zip(keys, both) { #expect(try store.getIntermediates([key], plan: .rerun)[0].isIdentical(to: result)) }
  }
}
