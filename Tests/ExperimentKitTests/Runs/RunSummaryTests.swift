import Foundation
import Testing

@testable import ExperimentKit

struct RunSummaryTests {
  @Test("The closing table shows key figures, claims, what failed and what was not run, and names each picture once at the end")
  func summary() throws {
    let folder = try TemporaryFolder()
    let runner = Runner(results: ResultsFolder(root: folder.url), output: .silent)
    let sample = Sample.experiment(claims: [Sample.holds, Sample.isFalse], figures: [Sample.figure])
    let damaged = Sample.experiment(name: "fig7-damaged")
    _ = try runner.run(sample, Sample.options)
    let report = try runner.run(damaged, Sample.options)
    try Data("x".utf8).write(to: report.folder.appendingPathComponent("rows.csv"))
    let laboratory = try Laboratory([sample, damaged, Sample.experiment(name: "fig9-not")])
    let text = RunSummary(laboratory, results: runner.results).text(at: .smoke)
    #expect(text.contains("DEDUP saves 110x"))
    #expect(text.contains("1 hold, 1 NOT") && text.contains("generated"))
    #expect(text.components(separatedBy: "sample-storage.png").count == 2 && text.hasSuffix("  fig6-sample/sample-storage.png\n"))
    #expect(text.contains("DOES NOT HOLD: DEDUP stores more than STORE_ALL."))
    #expect(text.contains("DAMAGED") && text.contains("Not run at this scale:\n  fig9-not"))
  }

  @Test("The summary fits 100 columns, and a narrower terminal", arguments: [nil, 250, 100, 80])
  func width(_ width: Int?) throws {
    let folder = try TemporaryFolder()
    let runner = Runner(results: ResultsFolder(root: folder.url), output: .silent)
    let long = Claim("long", String(repeating: "A statement of many words. ", count: 12), source: "section 8") { _ in
      ClaimVerdict(holds: false, numbers: ["a number": 1, "another number with a long name": 2_324_760_280])
    }
    let experiment = Sample.experiment(name: "fig11a-logging-overhead", claims: [long], figures: [Sample.figure])
    _ = try runner.run(experiment, Sample.options)
    let text = try RunSummary(Laboratory([experiment]), results: runner.results).text(at: .smoke, width: width)
    // The folder's own name is nobody's to break.
    let lines = text.split(separator: "\n").filter { !$0.contains("runs/smoke") }
    #expect(lines.allSatisfy { TextTable.columns(of: String($0)) <= min(width ?? 100, 100) })
    #expect(lines.contains { $0.contains("2324760280") || $0.contains("2.32476028") })
  }
}
