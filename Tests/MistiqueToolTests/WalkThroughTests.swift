import Foundation
import TestSupport
import Testing

/// The walk-through of the documentation, as it is printed there.
struct WalkThroughTests {
  /// Numbers that differ from run to run or from one version of a library to the next: times, bytes on disk, and what trees compute.
  private static func settled(_ text: String, command: String) -> String {
    var text = text.replacing(/\d+\.\d+ s\b/, with: "0 s").replacing(/on disk: [0-9,]+ bytes in \d+ .*/, with: "on disk")
      .replacing(/[0-9,]+ bytes read/, with: "0 bytes read")
    if command.contains(".predicted.") { text = text.replacing(/,\d+\.\d+\n/, with: ",0\n") }
    if command.contains(".trees.") { text = text.replacing(/,\d+(\.\d+)?\n/, with: ",0\n") }
    return text
  }

  @Test("Every command of the page prints what the page says it prints")
  func transcript() throws {
    let page = try String(contentsOf: ToolFixture.documentation.appendingPathComponent("Pipelines.md"), encoding: .utf8)
    let fixture = try ToolFixture()
    let blocks = page.components(separatedBy: "```console\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(blocks.count == 8)
    for block in blocks {
      let command = String(try #require(block.split(separator: "\n").first).dropFirst(2))
      // The page asks for an edit in words.
      if command.hasSuffix("--name edited") {
        let edited = try fixture.read("bike-sharing.yaml").replacing("rounds: 60", with: "rounds: 80")
        try #require(page.contains("Change `rounds` from 60 to 80") && edited.contains("rounds: 80"))
        try fixture.write("bike-sharing.yaml", edited)
      }
      let path = ToolFixture.programs + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
      let result = try Command(["sh", "-c", command], in: fixture.folder.url, environment: ["PATH": path]).finish()
      #expect(result.status == 0, "\(result.errors)")
      let actual = "$ \(command)\n" + result.output + result.errors
      #expect(
        Self.settled(block, command: command) == Self.settled(actual, command: command), "Pipelines.md should have this block:\n\(actual)")
    }
  }

  @Test("The page's error is the one that is told")
  func error() throws {
    let fixture = try ToolFixture()
    try fixture.write(
      "bike-sharing.yaml",
      fixture.read("bike-sharing.yaml").replacing("{target: cnt, rounds: 60, eta: 0.2}", with: "{target: cnt, depth: 3}"))
    let page = try String(contentsOf: ToolFixture.documentation.appendingPathComponent("Pipelines.md"), encoding: .utf8)
    let told = try #require(page.split(separator: "\n").first { $0.hasPrefix("bike-sharing.yaml:") && $0.contains(": stages.") })
    try fixture.expectError(["check", "bike-sharing.yaml"], "Error: \(told)\n")
  }
}
