import Foundation
import Testing

@testable import ExperimentKit

/// What tasks measured, beside what was run here meanwhile.
struct GathererTests {
  private let folder: TemporaryFolder
  private let transcript = Transcript()
  private let runner: Runner
  private let experiment = Sample.experiment()
  private let plan: ClusterPlan
  private let cluster: ClusterFolder
  private let options: RunOptions

  /// One experiment, whose task has measured it.
  init() throws {
    folder = try TemporaryFolder()
    runner = Runner(results: ResultsFolder(root: folder.url), output: transcript.output)
    plan = try ClusterPlan(Laboratory([experiment]), preparations: [], at: .smoke)
    cluster = ClusterFolder(of: runner.results, at: .smoke)
    var options = Sample.options
    options.source = SourceState(commit: String(repeating: "ab", count: 20), isDirty: false)
    self.options = options
    try cluster.write(Submission(options, experiments: [experiment.name], dataDirectory: nil))
    for piece in plan.pieces { try Runner(results: cluster.pieces, output: .silent).measure(piece, of: experiment, options) }
  }

  private func gather() throws -> Campaign { try Gatherer(plan, in: cluster).gather([experiment], runner: runner) }

  @Test("What all tasks measured is gathered, and the next submission begins anew")
  func gathered() throws {
    #expect(try gather().reports.map(\.experiment) == [experiment.name])
    #expect(cluster.isGathered)
    // Gathered once more it is the same: the run that is there is the tasks' own.
    #expect(try gather().reports.count == 1)
  }

  @Test("A run that ended later than the tasks stays, and so does what they measured, until that run is out of the way")
  func passed() throws {
    let run = try runner.run(experiment, options).folder
    let provenance = run.appendingPathComponent("provenance.json")
    let text = try contents(of: provenance)
    let later = text.replacing(/"finishedAt" : "[^"]*"/, with: "\"finishedAt\" : \"2099-12-31T00:00:00Z\"")
    #expect(later != text)
    try Data(later.utf8).write(to: provenance)
    #expect(try gather().reports.isEmpty)
    #expect(!cluster.isGathered, "the next submission would remove what the tasks measured")
    #expect(try contents(of: provenance) == later)
    #expect(transcript.text.contains("To take it, move \(run.path) away, then: experiments gather --scale smoke."), "\(transcript.text)")
    #expect(transcript.text.contains("experiments submit --fresh"))

    try FileManager.default.moveItem(at: run, to: folder.url.appendingPathComponent("away"))
    #expect(try gather().reports.count == 1)
    #expect(cluster.isGathered)
  }
}
