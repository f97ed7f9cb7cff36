import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// What a file that nobody meant well, or nobody looked at, may hold: one error that names file, line and key, never a crash, a hang or a guess.
struct HostileSpecificationTests {
  @Test(
    "What is no YAML, or more YAML than a pipeline needs, is an error",
    arguments: [
      ("", "p.yaml:1: not valid YAML: the file is empty"),
      ("# nothing\n", "p.yaml:1: not valid YAML: the file is empty"),
      ("just text\n", "p.yaml:1: expected a mapping of names to values, got \"just text\""),
      ("- a\n- b\n", "p.yaml:1: expected a mapping of names to values, got a list"),
      (SmallPipeline.head + "stages:\n\t- {name: a}\n", "p.yaml:5: not valid YAML: found character that cannot start any token"),
      (SmallPipeline.head + "stages: []\nname: Q\n", "p.yaml:1: not valid YAML: duplicate key name"),
      (SmallPipeline.head + "stages: []\n---\nname: Q\n", "p.yaml:5: not valid YAML: but found another document"),
      (SmallPipeline.head + "stages: []\nvariants: {a: {}, a: {}}\n", "p.yaml:5: not valid YAML: duplicate key a"),
      (SmallPipeline.head + "stages: []\n? [a, b]\n: 1\n", "p.yaml:5: ?: expected names as keys, got a list"),
      (SmallPipeline.head + "stages: \u{1}\n", "p.yaml:4: not valid YAML: control characters are not allowed"),
      ("name: P\0\nproject: z\n", "p.yaml:1: not valid YAML: control characters are not allowed"),
      (String(repeating: "[", count: 100_000), "p.yaml:"),
      ("a: " + String(repeating: "- ", count: 100_000), "p.yaml:1: not valid YAML: "),
      (String(repeating: "- ", count: 100_000) + "x", "p.yaml:"),
      (String(repeating: "{a: ", count: 50_000), "p.yaml:"),
      (
        String(repeating: "x", count: 1_048_577),
        "p.yaml:1: a specification has at most 1048576 bytes, as it is written and as it is stored, with every text in quotes"
      ),
    ])
  func structure(text: String, message: String) throws { try HostileText.expect(text, message) }

  @Test(
    "Anchors and aliases are refused before anything follows them",
    arguments: [
      (SmallPipeline.head + "stages: &s []\n", "p.yaml:4: \"&s\" may be a YAML anchor or alias"),
      (SmallPipeline.head + "stages: *s\n", "p.yaml:4: \"*s\" may be"),
      ("name: \"a # b\"\r\ninputs: {\"f\":&x f.csv}\r\n", "p.yaml:2: \"&x\" may be"),
      ("x: # don't \u{2028}&x a\n", "p.yaml:1: \"&x\" may be"),
      ("x: # a\r&x a\n", "p.yaml:1: \"&x\" may be"),
      ("\u{FEFF}&x {}\n", "p.yaml:1: \"&x\" may be"),
      (SmallPipeline.head + "<<: *base\n", "p.yaml:4: \"*base\" may be"),
    ])
  func anchors(text: String, message: String) throws { try HostileText.expect(text, message) }

  @Test("A billion laughs are an error at once, also where they would be the key of a mapping")
  func aliasBomb() throws {
    let start = ContinuousClock.now
    for text in [YAMLBomb.text] + YAMLBomb.disguised { try HostileText.expect(text, "p.yaml:1: \"&a0\" may be") }
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test("Signs that are no anchors stay what they are: in comments, within words, alone, escaped")
  func noAnchors() throws {
    let text =
      SmallPipeline.stages
      + "  # this *one* keeps & drops &c\n  - {name: a, transformer: SelectColumn, inputs: [read], parameters: {columns: [R&D, a * b, \"\\x26x\", \"*x\", \"?*x\", paid?*x]}}\n"
    let pipeline = try PipelineSpecification(parsing: text, file: "p.yaml")
    #expect(pipeline.stages[1].parameters["columns"] == .texts(["R&D", "a * b", "&x", "*x", "?*x", "paid?*x"]))
  }

  @Test(
    "A name that keys cannot hold, or that is used twice, is an error",
    arguments: [
      ("name: a.b\nproject: z\ninputs: {}\nstages: []\n", "p.yaml:1: name: \"a.b\" is no name; use letters"),
      ("name: 🚲\nproject: z\ninputs: {}\nstages: []\n", "p.yaml:1: name: \"🚲\" is no name; use letters"),
      ("name:\nproject: z\ninputs: {}\nstages: []\n", "p.yaml:1: name: expected a text, got nothing"),
      ("name: P\nproject: \"\"\ninputs: {}\nstages: []\n", "p.yaml:2: project: \"\" is no name"),
      ("name: P\nproject: ~\ninputs: {}\nstages: []\n", "p.yaml:2: project: \"~\" is no name"),
      ("name: [P]\nproject: z\ninputs: {}\nstages: []\n", "p.yaml:1: name: expected a text, got a list"),
      ("name: P\nproject: z\ninputs: {a.b: f.csv}\nstages: []\n", "p.yaml:3: inputs.a.b: \"a.b\" is no name"),
      ("name: P\nproject: z\ninputs: {\"\": f.csv}\nstages: []\n", "p.yaml:3: inputs.: \"\" is no name"),
      (
        SmallPipeline.head + "stages:\n  - {transformer: ReadCSV, inputs: [f]}\n",
        "p.yaml:5: stages.name: this entry is required and missing"
      ),
      (SmallPipeline.head + "stages:\n  - {name: \"\", transformer: ReadCSV, inputs: [f]}\n", "p.yaml:5: stages.name: \"\" is no name"),
      (
        SmallPipeline.head + "stages:\n  - {name: f, transformer: ReadCSV, inputs: [f]}\n",
        "p.yaml:5: stages.f.name: the name \"f\" is used twice"
      ),
      (
        SmallPipeline.stages + "  - {name: read, transformer: TrainTestSplit, inputs: [read]}\n",
        "p.yaml:6: stages.read.name: the name \"read\" is used twice"
      ),
      (
        SmallPipeline.stages
          + "  - {name: s, transformer: TrainTestSplit, inputs: [read]}\n  - {name: s, transformer: DropColumns, inputs: [s_train], parameters: {columns: [x]}}\n",
        "p.yaml:7: stages.s.name: the name \"s\" is used twice"
      ),
      (SmallPipeline.head + "stages:\n  - read\n", "p.yaml:5: stages: expected a mapping of names to values, got \"read\""),
      (SmallPipeline.stages + "variants:\n  a.b: {}\n", "p.yaml:7: variants.a.b: \"a.b\" is no name"),
      (
        SmallPipeline.head + "stages:\n  - {name: " + String(repeating: "é", count: 500_000) + ", transformer: ReadCSV, inputs: [f]}\n",
        "p.yaml:5: stages.name: \"" + String(repeating: "é", count: 60) + "...\" is no name"
      ),
    ])
  func names(text: String, message: String) throws { try HostileText.expect(text, message) }

  @Test("A file that is missing, a folder, not UTF-8 or too large is an error; a byte order mark and Windows line ends are not")
  func files() throws {
    let folder = TemporaryDirectory("spec")
    func error(_ url: URL) throws -> String {
      try #require(throws: SpecificationError.self) { try PipelineSpecification(contentsOf: url) }.description
    }
    let missing = folder.url.appendingPathComponent("nope.yaml")
    #expect(try error(missing) == "\(missing.path):1: the file cannot be read: No such file or directory")
    #expect(try error(folder.url).hasSuffix(":1: the file cannot be read: Is a directory"))
    let latin = folder.url.appendingPathComponent("latin.yaml")
    try Data("name: P\nproject: z\n# caf\u{e9}\n".unicodeScalars.map { UInt8($0.value) }).write(to: latin)
    #expect(try error(latin) == "\(latin.path):3: the file is not UTF-8 text; save it as UTF-8")
    let large = folder.url.appendingPathComponent("large.yaml")
    try Data(repeating: 35, count: 3 << 20).write(to: large)
    #expect(
      try error(large).hasSuffix(
        "large.yaml:1: a specification has at most 1048576 bytes, as it is written and as it is stored, with every text in quotes"))
    let windows = try folder.file("windows.yaml", "\u{FEFF}" + (SmallPipeline.stages + "variants: {a: {}}\n").replacing("\n", with: "\r\n"))
    #expect(try PipelineSpecification(contentsOf: windows).variants.map(\.name) == ["a"])
  }

  @Test("Random changes of a good file give errors or pipelines, never a crash", arguments: [3, 4, 5] as [UInt64])
  func garbage(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let good = Array((HostileText.split("seed: 1, test_fraction: 0.5") + "variants: {a: {s: {seed: 2}}}\n").utf8)
    let signs = Array("{}[]:,-?&*#!|>'\"%@`\n\t \r\0é.~".utf8)
    var errors = 0
    for _ in 0..<2_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = signs.randomElement(using: &random)!
        case 1: bytes.insert(signs.randomElement(using: &random)!, at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
        }
      }
      do { _ = try PipelineSpecification(parsing: String(decoding: bytes, as: UTF8.self), file: "p.yaml") } catch let error
        as SpecificationError
      {
        #expect(error.line >= 1 && error.line <= bytes.count + 1 && error.description.hasPrefix("p.yaml:"), "seed \(seed): \(error)")
        errors += 1
      }
    }
    #expect(errors > 500, "seed \(seed)")
  }

  @Test("Texts of any scalars come back from a canonical text")
  func canonicalTexts() throws {
    var random = SeededRandom(seed: 8)
    let scalars: [Unicode.Scalar] = [
      "&", "*", "?", " ", "a", "#", ":", "\"", "'", "\\", "\n", "\t", "\u{1}", "\u{7F}", "\u{85}", "\u{9F}", "\u{A0}", "\u{2028}",
      "\u{FEFF}",
      "🚲", "é",
    ]
    for _ in 0..<300 {
      var text = ""
      for _ in 0..<Int.random(in: 1...8, using: &random) { text.unicodeScalars.append(scalars.randomElement(using: &random)!) }
      // The parser drops a mark of byte order at the beginning of a text, so no text of a file has one.
      if text.unicodeScalars.first == "\u{FEFF}" { continue }
      let canonical = YAMLText.quoted(text)
      let node = try SpecificationParserProbe.node("text: \(canonical)\n", key: "text")
      #expect(try Array(node.text().unicodeScalars) == Array(text.unicodeScalars), "\(canonical)")
      try SpecificationText.check("text: [\(canonical), \(canonical)]\n", file: "p.yaml")
    }
  }

  @Test("A pipeline whose stored form could not be read again is refused before anything runs")
  func storedForm() throws {
    func pipeline(columns: Int) throws -> Pipeline {
      let names = (0..<columns).map { "c\($0)" }.joined(separator: ",")
      let text = SmallPipeline.stages + "  - {name: a, transformer: SelectColumn, inputs: [read], parameters: {columns: [\(names)]}}\n"
      return try Pipeline(PipelineSpecification(parsing: text, file: "p.yaml"))
    }
    let fits = try pipeline(columns: 90_000)
    #expect(try Pipeline(canonicalText: fits.canonicalText) == fits)
    #expect { try pipeline(columns: 120_000) } throws: { "\($0)".contains("with every text in quotes") }
  }
}
