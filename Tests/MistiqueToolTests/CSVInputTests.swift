import Foundation
import TestSupport
import Testing

/// Files that are not what they seem, through the program.
struct CSVInputTests {
  private static let pipeline = """
    name: m
    project: p
    inputs: {t: t.csv}
    stages:
      - name: read
        transformer: ReadCSV
        inputs: [t]
        parameters: {PARAMETERS}

    """

  private func fixture(_ data: [UInt8], _ parameters: String = "") throws -> ToolFixture {
    let fixture = try ToolFixture()
    try fixture.write("p.yaml", Self.pipeline.replacing("PARAMETERS", with: parameters))
    try Data(data).write(to: fixture.folder.url.appendingPathComponent("data/t.csv"))
    return fixture
  }

  @Test("check warns on standard error of a header that looks like data and of blanks, and succeeds")
  func warnings() throws {
    let result = try fixture(Array("39, State-gov\n50, 7\n".utf8)).run("check", "p.yaml", "--data", "data")
    #expect(result.status == 0)
    #expect(result.errors.contains("Warning: ") && result.errors.contains("t.csv:1: the header holds \"39\", which looks like data"))
    #expect(result.errors.contains("t.csv:1: the header's name \" State-gov\" has blanks around it") && !result.output.contains("Warning"))
    let settled = try fixture(Array("39, State-gov\n50, 7\n".utf8), "header: false, trim: true, names: [age, class]")
      .run("check", "p.yaml", "--data", "data")
    #expect(settled.status == 0 && settled.errors.isEmpty && settled.output.contains("2 columns: age, class"))
  }

  @Test("log warns of what check warns of, each once")
  func logWarnings() throws {
    let fixture = try fixture(Array("39, State-gov\n50, 7\n".utf8))
    let again = "  - name: again\n    transformer: ReadCSV\n    inputs: [t]\n"
    try fixture.write("two.yaml", Self.pipeline.replacing("PARAMETERS", with: "") + again)
    let warned = try fixture.run("check", "two.yaml", "--data", "data").errors.split(separator: "\n")
    #expect(warned.count == 3 && warned.allSatisfy { $0.hasPrefix("Warning: ") })
    let logged = try fixture.run("log", "two.yaml", "--data", "data", "--store", "Store")
    #expect(logged.status == 0 && logged.errors.split(separator: "\n").filter { $0.hasPrefix("Warning: ") } == warned, "\(logged.errors)")
  }

  @Test("what was logged of a file without a header, with codes and times, in Latin-1, is what is asked for and re-run")
  func loggedAsItIs() throws {
    let bytes = Array("02116,2019-03-23 20:21:09,caf".utf8) + [0xE9] + Array("\n10001,2019-03-23 20:21:09.25,x\n".utf8)
    let fixture = try fixture(bytes, "header: false, names: [zip, time, word], encoding: latin1, types: {zip: text}")
    try fixture.output("log", "p.yaml", "--data", "data", "--store", "Store")
    let expected = "row_id,zip,time,word\n0,02116,2019-03-23 20:21:09,caf\u{E9}\n1,10001,2019-03-23 20:21:09.25,x\n"
    #expect(try fixture.output("get", "Store", "p.m.read.*", "--plan", "read") == expected)
    #expect(try fixture.output("get", "Store", "p.m.read.*", "--plan", "rerun", "--data", "data") == expected)
  }

  @Test("a value that a given type cannot hold is told with file, line, column and the parameter, and nothing is logged")
  func givenType() throws {
    let fixture = try fixture(Array("zip\n10001\n02116\n".utf8), "types: {zip: int64}")
    try fixture.expectError(
      ["log", "p.yaml", "--data", "data", "--store", "Store"],
      "t.csv:3: column \"zip\": expected an integer without leading zeros, got \"02116\"", "types: {\"zip\": text}")
  }
}
