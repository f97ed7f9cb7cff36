import Mistique
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
}
