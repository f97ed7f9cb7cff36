import Foundation
import Testing

@testable import ExperimentKit

struct RunSummaryTests {
  @Test("The closing table shows key figures, claims, pictures, what failed and what was not run")
  func summary() throws {
    let folder = try TemporaryFolder()
    let runner = Runner(results: ResultsFolder(root: folder.url), output: .silent)
    let sample = Sample.experiment(claims: [Sample.holds, Sample.isFalse], figures: [Sample.figure])
    let damaged = Sample.experiment(name: "fig7-damaged")
    _ = try runner.run(sample, Sample.options)
    let report = try runner.run(damaged, Sample.options)
    try Data("x".utf8).write(to: report.folder.appendingPathComponent("claims.json"))
    let laboratory = try Laboratory([sample, damaged, Sample.experiment(name: "fig9-not")])
    let text = RunSummary(laboratory, results: runner.results).text(at: .smoke)
    #expect(text.contains("DEDUP saves 110x"))
    #expect(text.contains("1 hold, 1 NOT") && text.contains("fig6-sample/sample-storage.png") && text.contains("generated"))
    #expect(text.contains("DOES NOT HOLD: DEDUP stores more than STORE_ALL."))
    #expect(text.contains("DAMAGED") && text.contains("Not run at this scale: fig9-not"))
  }
}
