import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

/// Files without a header, names of one's own, blanks, and what `check` says of a file.
struct CSVHeaderTests {
  private let folder = TemporaryDirectory()

  private func stage(_ values: [String: ParameterValue]) -> ReadCSV {
    ReadCSV(Parameters(values, declarations: ReadCSV.signature.parameters))
  }

  private func read(_ text: String, _ values: [String: ParameterValue]) throws -> DataFrame {
    let input = [StageInput.file(try folder.file("a.csv", text))]
    let stage = stage(values)
    let fitted = try stage.fit(input)
    let frame = try fitted.apply(input)[0]
    #expect(try stage.restore(fitted.state).apply(input)[0].isIdentical(to: frame), "a restored state reads the same")
    return frame
  }

  private func message(_ text: String, _ values: [String: ParameterValue]) throws -> String {
    let error = try #require(throws: CSVError.self) { try read(text, values) }
    return error.description.replacingOccurrences(of: folder.url.path + "/a.csv", with: "")
  }

  private func warnings(_ text: String, _ values: [String: ParameterValue] = [:]) throws -> [String] {
    try stage(values).inspect(folder.file("a.csv", text)).warnings.map { $0.replacingOccurrences(of: folder.url.path + "/a.csv", with: "") }
  }

  @Test("Blank lines before a header are no header, and count as lines", arguments: ["\n", "\r\n", "\n\n", "\u{FEFF}\n"])
  func blankLines(start: String) throws {
    let found = try read(start + "a,b\n1,2\n", [:])
    #expect(found.names == ["a", "b"] && found["b"]!.goldenTexts == ["2"])
    let line = start == "\n\n" ? 4 : 3
    #expect(try message(start + "a,b\n1\n", [:]).hasPrefix(":\(line): expected 2 fields"))
    #expect(try message(start, [:]).hasPrefix(":1: the file is empty"))
  }

  @Test("Without a header the first record is data, and columns are numbered or named")
  func noHeader() throws {
    let text = "39, State-gov,77516\n50, Private,83311\n"
    let numbered = try read(text, ["header": .boolean(false)])
    #expect(numbered.names == ["c1", "c2", "c3"] && numbered.rowCount == 2 && numbered["c1"]!.goldenTexts == ["39", "50"])
    let names = ParameterValue.texts(["age", "class", "weight"])
    let named = try read(text, ["header": .boolean(false), "names": names, "trim": .boolean(true), "columns": .texts(["class", "age"])])
    #expect(named.names == ["age", "class"] && named["class"]!.goldenTexts == ["State-gov", "Private"])
    let bom = try read("\u{FEFF}\n\n1,2\n3,4", ["header": .boolean(false)])
    #expect(bom["c1"]!.goldenTexts == ["1", "3"])
    #expect(try read("", ["header": .boolean(false), "names": names]).rowCount == 0)
    let one = try read("\n5\n", ["header": .boolean(false), "names": .texts(["n"])])
    #expect(one["n"]!.goldenTexts == [nil, "5"])
    #expect(try message("", ["header": .boolean(false)]).hasPrefix(":1: the file is empty"))
    #expect(try message("1,2\n3\n", ["header": .boolean(false)]).hasPrefix(":2: expected 2 fields"))
  }

  @Test("Errors of a file without a header count lines from its first")
  func lines() throws {
    let types = ParameterValue.mapping(of: [("c1", "int64")])
    #expect(
      try message("x,1\n", ["header": .boolean(false), "types": types]).hasPrefix(":1: column \"c1\": expected an integer, got \"x\""))
  }

  @Test("The option names replaces the header's names, and must give one name per field, each once")
  func names() throws {
    let frame = try read("a,a\n1,2\n", ["names": .texts(["x", "y"])])
    #expect(frame.names == ["x", "y"] && frame["y"]!.goldenTexts == ["2"])
    #expect(
      try message("a,b\n1,2\n", ["names": .texts(["x"])])
        == ": the first record has 2 fields, and names gives 1; give a name for every field")
    #expect(try message("a,b\n1,2\n", ["names": .texts(["x", "x"])]) == ": names gives the column \"x\" twice; rename one of them")
    #expect(
      try message("a,b\n1,2\n", ["names": .texts(["x", "y"]), "required": .texts(["a"])])
        == ": the required column \"a\" is not among the names: x, y")
  }

  @Test("The option types settles what inference would not, is bound to the state, and names columns that are there")
  func types() throws {
    let text = "zip,price,t\n02116,7,2019-03-23 20:21:09\n10001,8.5,2019-03-24 00:00:00\n"
    let types = ParameterValue.mapping(of: [("zip", "text"), ("t", "text"), ("price", "float32")])
    let frame = try read(text, ["types": types])
    #expect(frame.columns.map(\.type) == [.text, .float32, .text])
    #expect(try read(text, [:]).columns.map(\.type) == [.text, .float64, .timestamp])
    #expect(try message("zip\n02116\n", ["types": .mapping(of: [("zip", "int64")])]).contains("types: {\"zip\": text}"))
    #expect(try message("zip\n02116\n", ["types": .mapping(of: [("zap", "int64")])]) == ":1: the header lacks the required column \"zap\"")
    let input = [StageInput.file(try folder.file("a.csv", text))]
    let state = try stage(["types": types]).fit(input).state
    #expect(throws: FittedStateError.otherParameters(transformer: "ReadCSV")) { try stage([:]).restore(state) }
  }

  @Test("The option trim leaves out blanks around fields and names, but not within quotes", arguments: [",", ";"])
  func trim(separator: String) throws {
    let text = " age, \"sex\" , \"a, b\",note\n 39 , Male ,\" x \"\t, \n\t50,,\"\",\" \"\n 1 2 , \"q\"\"\" , y, z"
      .replacingOccurrences(of: "39 ", with: "39").replacingOccurrences(of: " 1 2 ", with: " 12  ")
    let file = try folder.file(
      "a.csv", separator == "," ? text : text.replacingOccurrences(of: "a, b", with: "a. b").replacingOccurrences(of: ",", with: ";"))
    var schema = CSVSchema(separator: separator)
    schema.trims = true
    for piece in [1, 3, 16, 1 << 18] {
      let frame = try CSVReader(schema: schema, pieceByteCount: piece, threadCount: 2).read(file).frame
      #expect(frame.names == ["age", "sex", separator == "," ? "a, b" : "a. b", "note"])
      #expect(frame["age"]!.type == .int64 && frame["age"]!.goldenTexts == ["39", "50", "12"])
      #expect(frame["sex"]!.goldenTexts == ["Male", nil, "q\""])
      #expect(frame.columns[2].goldenTexts == [" x ", "", "y"])
      #expect(frame["note"]!.goldenTexts == [nil, " ", "z"])
    }
  }

  @Test("A header that looks like data, and blanks around names and values, are warned of")
  func warns() throws {
    #expect(try warnings("age,sex\n39,Male\n") == [])
    let headless = try warnings("39,Male\n40,Female\n")
    #expect(headless.count == 1 && headless[0].hasPrefix(":1: the header holds \"39\", which looks like data; if the file has no header"))
    #expect(try warnings("2016-01-02,x\n1,2\n").count == 1 && warnings("x,2016-01-02 03:04:05\n1,2\n").count == 1)
    #expect(try warnings("39,Male\n", ["header": .boolean(false)]) == [])
    #expect(try warnings("39,Male\n", ["names": .texts(["age", "sex"])]).count == 1, "names do not say that there is no header")
    #expect(try warnings("1960,1961\n39,1\n", ["types": .mapping(of: [("1960", "int64"), ("1961", "int64")])]) == [])
    let blanks = try warnings("age, sex, id\n 39, Male, 1\n")
    #expect(blanks.count == 2)
    #expect(blanks[0].hasPrefix(":1: the header's name \" sex\" has blanks around it"))
    #expect(
      blanks[1] == ": blanks around values make the columns \"age\", \" id\" text; read the file with trim: true to drop them")
    #expect(try warnings("age, sex\n 39, Male\n", ["trim": .boolean(true)]) == [])
    #expect(try warnings("nan,inf\n1,2\n") == [], "names that are words are none of data")
    // Blank first lines are passed over here too.
    #expect(try warnings("\n\n39,Male\n40,Female\n").map { String($0.prefix(27)) } == [":3: the header holds \"39\", "])
    #expect { try warnings("\n\na,a\n1,2\n") } throws: { "\($0)".contains(":3: the header names the column \"a\" twice") }
    let late = try warnings("\nage, sex\n 39, Male\n")
    #expect(late.count == 2 && late[0].hasPrefix(":2: ") && late[1].contains("the column \"age\" text"), "\(late)")
  }

  @Test("A header of one name with another separator in it is warned of, with what to say", arguments: [";", "\t", "|"])
  func otherSeparator(separator: String) throws {
    let text = "age;sex;id\n39;Male;1\n".replacingOccurrences(of: ";", with: separator)
    let quoted = separator == "\t" ? "\"\\t\"" : "\"\(separator)\""
    #expect(
      try warnings(text) == [
        ":1: the header is the name of one column, and \(quoted) is in it; if that separates columns, read the file with separator: \(quoted)"
      ])
    #expect(try warnings(text, ["separator": .text(separator)]) == [])
    #expect(try warnings("\"age\(separator)sex\"\nx\n") == [], "in quotes it is part of the name")
    #expect(try warnings("age,sex\n39,x\n", ["separator": .text(separator)]).count == 1, "a comma may separate too")
  }

  @Test("A state and a specification of defaults are as they were before there were more parameters")
  func defaults() throws {
    let text = try Pipeline(PipelineSpecification(parsing: SmallPipeline.stages, file: "p.yaml")).canonicalText
    for name in ["header", "names", "types", "trim", "encoding"] { #expect(!text.contains(name + ":")) }
    for name in ["schema", "required", "columns", "missing", "separator"] { #expect(text.contains("      \(name): ")) }
  }

  @Test("Types in YAML come back from the canonical text, whatever the names")
  func yaml() throws {
    let stage = """
      name: m
      project: p
      inputs: {f: f.csv}
      stages:
        - name: read
          transformer: ReadCSV
          inputs: [f]
          parameters: {header: false, encoding: latin1, names: [a, "&b: c"], types: {"&b: c": text, a: int64, "caf\\u00e9": date, 2016: boolean}}

      """
    let pipeline = try Pipeline(PipelineSpecification(parsing: stage, file: "p.yaml"))
    let restored = try Pipeline(canonicalText: pipeline.canonicalText)
    #expect(restored == pipeline && restored.canonicalText == pipeline.canonicalText)
    #expect(pipeline.canonicalText.contains(#"types: {"&b: c": "text", "2016": "boolean", "a": "int64", "café": "date"}"#))
    let expected =
      "p.yaml:8: stages.read.parameters.types.a: expected one of float32, float64, int64, boolean, date, text, timestamp, got \"int32\""
    let error = try #require(throws: SpecificationError.self) {
      try PipelineSpecification(parsing: stage.replacingOccurrences(of: "a: int64", with: "a: int32"), file: "p.yaml")
    }
    #expect("\(error)" == expected)
    #expect(throws: SpecificationError.self) {
      try PipelineSpecification(parsing: stage.replacingOccurrences(of: "types: {", with: "types: [x], trim: {"), file: "p.yaml")
    }
  }

  @Test("A single column may have an empty name in quotes, and be named")
  func emptyName() throws {
    #expect(try read("\"\"\n0\n1\n", [:]).names == [""])
    #expect(try read("\"\"\n0\n1\n", ["names": .texts(["x"])])["x"]!.goldenTexts == ["0", "1"])
  }
}
