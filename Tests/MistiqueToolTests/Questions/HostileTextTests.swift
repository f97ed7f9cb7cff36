import Foundation
import TestSupport
import Testing

/// Texts and numbers in data that a picture, a file or a rounding might take for something else.
struct HostileTextTests {
  private static let hasGnuplot = (try? Command.run(["gnuplot", "--version"]).status) == 0

  private static func fixture(_ csv: String, stages: String = "") throws -> QuestionFixture {
    let fixture = QuestionFixture()
    try FileManager.default.createDirectory(atPath: fixture.path("data"), withIntermediateDirectories: true)
    try Data(csv.utf8).write(to: URL(fileURLWithPath: fixture.path("data/f.csv")))
    let yaml = """
      name: m
      project: p
      inputs: {f: f.csv}
      stages:
        - {name: read, transformer: ReadCSV, inputs: [f]}
        - {name: again, transformer: SelectColumn, inputs: [read], parameters: {columns: [x]}}
      """
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: fixture.path("p.yaml")))
    try fixture.output("log", "p.yaml", "--data", "data", "--store", "S")
    return fixture
  }

  @Test(
    "Nothing in a text is run, ends a label or is a format: apostrophes before combining marks, backticks, percent signs",
    .enabled(if: hasGnuplot))
  func labels() throws {
    let fixture = try Self.fixture("x,y,city\n1,2,x'\u{301} `touch ran`\n2,3,'s-Gravenhage\n3,4,10%\n4,9,a''b %g\n")
    let result = try fixture.run(["vis", "S", "p.m.read.*", "--by", "p.m.read.city", "--plot", "a.svg"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: fixture.path("ran")))
    let svg = try String(contentsOfFile: fixture.path("a.svg"), encoding: .utf8)
    for text in ["touch ran", "s-Gravenhage", "10%", "b %g"] { #expect(svg.contains(text), "\(text)") }
    let bars = try fixture.run(["topk", "S", "p.m.read.x", "--show", "p.m.read.city", "--plot", "b.svg"])
    #expect(bars.status == 0 && !FileManager.default.fileExists(atPath: fixture.path("ran")))
  }

  @Test("A quote before a combining mark is doubled in CSV as any other")
  func quotes() throws {
    let fixture = try Self.fixture("x,note\n1,\"a\"\"\u{301},b\"\n")
    let csv = try fixture.output("topk", "S", "p.m.read.x", "--show", "p.m.read.note", "--format", "csv")
    #expect(Array(csv.utf8) == Array("row_id,x,note\n0,1,\"a\"\"\u{301},b\"\n".utf8))
  }

  @Test("SVCCA of large float64 values compares what differs between rows, not what float32 leaves of them")
  func largeValues() throws {
    let rows = (0..<50).map { "\(1_000_000_000 + $0)0.5,\($0)\n" }.joined()
    let fixture = try Self.fixture("x,y\n" + rows)
    let answer = try fixture.output("svcca", "S", "p.m.read.x", "p.m.read.y", "--format", "csv")
    let coefficient = try #require(answer.split(separator: "\n").dropFirst().first?.split(separator: ",").last.flatMap { Double($0) })
    #expect(abs(coefficient - 1) < 1e-6, "\(answer)")
  }

  @Test("Two columns of one name go by their keys, large integers are said to be rounded, infinite differences are in the mean")
  func columns() throws {
    let fixture = try Self.fixture("x,y,big\n1,0,9007199254740993\ninf,0,9007199254740995\n")
    let csv = try fixture.output("col-dist", "S", "p.m.read.x", "p.m.again.x", "--format", "csv")
    #expect(csv.contains("p.m.read.x,") && csv.contains("p.m.again.x,"))
    let big = try fixture.run(["col-dist", "S", "p.m.read.big"])
    #expect(big.status == 0 && (big.output + big.errors).contains("rounded"))
    let difference = try fixture.output("col-diff", "S", "p.m.read.x", "p.m.read.y", "--format", "json")
    #expect(difference.contains("Infinity"), "\(difference)")
    let shown = try fixture.output("topk", "S", "p.m.read.x", "--show", "p.m.again.x", "--format", "csv")
    #expect(shown.hasPrefix("row_id,x,p.m.again.x\n"))
    try Data(count: 10).write(to: URL(fileURLWithPath: fixture.path("labels.npy")))
    let both = try fixture.run(["vis", "S", "p.m.read.x", "--by", "p.m.read.y", "--labels", "labels.npy"])
    #expect(both.status != 0 && both.errors.contains("not both"), "\(both.errors)")
  }
}
