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

  @Test("A malformed key says what is wrong with it", arguments: ["", "a.b.c", "a.b.c.d.e", "a.`b.c.d", "a.`b`x.c.d", "a.b`.c.d"])
  func malformed(text: String) {
    #expect { try IntermediateKey(text) } throws: {
      ($0 as? MistiqueError)?.code == .malformedKey && "\($0)".contains("project.model.intermediate.column")
    }
  }
}
