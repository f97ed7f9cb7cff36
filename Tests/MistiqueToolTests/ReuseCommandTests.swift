import Foundation
import TestSupport
import Testing

/// What `mistique log` runs, and what it refers to.
struct ReuseCommandTests {
  private static func log(_ name: String, _ options: String...) -> [String] {
    ["log", "bike-sharing.yaml", "--data", "data", "--store", "Store", "--name", name] + options
  }

  @Test("--no-reuse runs everything; --verify-reuse runs everything and finds it equal")
  func options() throws {
    let fixture = try ToolFixture()
    try fixture.output(Self.log("first"))
    #expect(try fixture.output(Self.log("second")).contains("0 stages ran; 6 of 6 intermediates reused, 0 of them read"))
    #expect(try fixture.output(Self.log("third", "--no-reuse")).contains("5 stages ran: read, known, split, trees, predicted\n"))
    let verified = try fixture.output(Self.log("fourth", "--verify-reuse"))
    #expect(verified.contains("5 stages ran: read, known, split, trees, predicted\n"))
    #expect(verified.components(separatedBy: "run, equal to what is stored").count == 7, "\(verified)")
    try fixture.expectError(Self.log("fifth", "--no-reuse", "--verify-reuse"), status: 64, "not both")
    try fixture.expectError(
      Self.log("fifth", "--verify-reuse", "--policy", "store-all"), status: 64, "under other policies no intermediate is reused")
    let answers = try ["first", "second", "third", "fourth"].map {
      try fixture.output("get", "Store", "bikes.\($0).predicted.*", "--plan", "read")
    }
    #expect(Set(answers).count == 1 && answers[0].count > 100)
  }

  @Test("Of two processes that log the same at once, one runs the stages and the other refers to what the first has stored")
  func twoProcesses() throws {
    let fixture = try ToolFixture(hours: 2_000)
    let processes = try ["a", "b"].map { try fixture.start(Self.log($0, "--wait")) }
    let results = processes.map { $0.finish() }
    for result in results { #expect(result.status == 0, "\(result.errors)") }
    let summaries = results.map { result in
      result.output.split(separator: "\n").first { $0.contains(" stages ran") }.map(String.init) ?? result.output
    }.sorted()
    #expect(
      summaries == [
        "  0 stages ran; 6 of 6 intermediates reused, 0 of them read", "  5 stages ran: read, known, split, trees, predicted",
      ])
    // Whichever stored it first: the other has all of it without that one.
    let answer = try fixture.output("get", "Store", "bikes.b.predicted.*", "--plan", "read")
    try fixture.output("delete", "Store", "bikes.a")
    #expect(try fixture.output("get", "Store", "bikes.b.predicted.*", "--plan", "read") == answer && answer.count > 100)
    try fixture.output("verify", "Store")
  }

  @Test("Beside a damaged partition a model is logged whole, and a warning names the file and what to do")
  func damagedPartition() throws {
    let fixture = try ToolFixture()
    try fixture.output(Self.log("first"))
    let answer = try fixture.output("get", "Store", "bikes.first.predicted.*", "--plan", "read")
    let largest = fixture.folder.files().filter { $0.key.hasSuffix(".mqp") }.max { ($0.value, $0.key) < ($1.value, $1.key) }
    let file = fixture.folder.url.appendingPathComponent(try #require(largest).key)
    try Data(contentsOf: file).dropLast(10).write(to: file)
    let second = try fixture.start(Self.log("second")).finish()
    #expect(second.status == 0, "\(second.errors)")
    let warnings = second.errors.split(separator: "\n").filter { $0.contains(file.lastPathComponent) }
    #expect(!warnings.isEmpty && warnings.allSatisfy { $0.hasPrefix("Warning: ") }, "\(second.errors)")
    #expect(warnings.contains { $0.contains("mistique verify") && $0.contains("mistique repair") })
    #expect(try fixture.output("get", "Store", "bikes.second.predicted.*", "--plan", "read") == answer && answer.count > 100)
    let verified = try fixture.run("verify", "Store")
    #expect(verified.status == 1 && verified.output.contains(file.lastPathComponent) && verified.output.contains("bikes.first"))
    #expect(!verified.output.contains("bikes.second"), "\(verified.output)")
  }

  @Test("A model over a file that changed since is not run again: the file and both digests are named")
  func changedFile() throws {
    let fixture = try ToolFixture()
    try fixture.output(Self.log("first"))
    let before = try fixture.output("get", "Store", "bikes.first.predicted.*", "--plan", "read")
    // As many rows and bytes, one digit changed.
    let text = try fixture.read("data/hour.csv")
    var changed = text
    let last = try #require(text.lastIndex { $0.isNumber })
    changed.replaceSubrange(last...last, with: text[last] == "7" ? "8" : "7")
    #expect(changed != text && changed.utf8.count == text.utf8.count)
    try fixture.write("data/hour.csv", changed)
    let rerun = ["get", "Store", "bikes.first.predicted.*", "--plan", "rerun", "--data", "data"]
    let result = try fixture.start(rerun).finish()
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.contains("hour.csv") && result.errors.components(separatedBy: "xxh3-128:").count == 3, "\(result.errors)")
    #expect(try fixture.output("get", "Store", "bikes.first.predicted.*", "--plan", "read") == before, "what is stored is read as before")
    #expect(try fixture.output(Self.log("second")).contains("5 stages ran"), "another file is another input")
  }
}
