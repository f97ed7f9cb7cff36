import Foundation
import TestSupport
import Testing

/// The page YourData.md: its example is run as it stands.
@Suite(.enabled(if: NumPy.isInstalled)) struct YourDataPageTests {
  private let program = ExperimentsProgram()

  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Experiments/Experiments.docc/YourData.md")

  @Test("The arrays of the example are made by its Python and compared, and the recommendation is the page's")
  func example() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let script = try #require(text.firstMatch(of: /```python\n([\s\S]*?)```/)).1
    let made = try Command(["python3", "-c", String(script)], in: program.folder.url).finish()
    try #require(made.status == 0, "\(made.errors)")
    let run = try program.start(["run", "policies", "--scale", "smoke", "--repetitions", "1", "--model", "activations"]).finish()
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    let records = try program.records("smoke/policies")
    #expect(try records.value("rows", ["intermediate": "layer1"]) == 2_000)
    #expect(try records.value("columns", ["intermediate": "layer1"]) == 1_568)
    let recommended = try #require(text.firstMatch(of: /\n(\S+) keeps \d+ % of neighbours at [^.]*\./)).1
    #expect(run.output.contains("\n\(recommended) keeps "), "the page recommends \(recommended): \(run.output)")
  }
}
