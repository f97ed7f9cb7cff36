import Foundation
import Testing

@testable import ExperimentKit

/// Several experiments in a row. One after the other, because an interruption is the whole process's.
@Suite(.serialized) struct CampaignTests {
  let folder: TemporaryFolder
  let transcript = Transcript()
  let runner: Runner

  init() throws {
    folder = try TemporaryFolder()
    runner = Runner(results: ResultsFolder(root: folder.url), output: transcript.output)
  }

  private struct Told: Error, CustomStringConvertible {
    let description = "the file is damaged\n  at line 3.\nDownload it again."
  }

  private func failing(_ name: String, _ error: any Error & Sendable) -> Experiment {
    Sample.experiment(name: name) { _ in throw error }
  }

  @Test("An experiment that fails does not stop the others, and the table says which and why in one line each")
  func failure() throws {
    let experiments = [
      Sample.experiment(name: "a-first"), failing("b-broken", Told()), failing("c-broken", Boom()), Sample.experiment(name: "d-last"),
    ]
    let campaign = Campaign(experiments, Sample.options, runner: runner)
    #expect(campaign.reports.map(\.experiment) == ["a-first", "d-last"])
    #expect(
      campaign.failures == [
        .init(experiment: "b-broken", reason: "the file is damaged at line 3. Download it again."),
        .init(experiment: "c-broken", reason: "Boom()"),
      ])
    #expect(!campaign.isComplete)
    let table = try #require(campaign.failureTable())
    #expect(table.contains("b-broken       the file is damaged at line 3. Download it again.\n") && table.contains("c-broken       Boom()"))
    for name in ["a-first", "d-last"] {
      #expect(AtomicFile.exists(runner.results.rows(of: name, at: .smoke)))
    }
    #expect(!AtomicFile.exists(runner.results.run(of: "b-broken", at: .smoke)))
    #expect(transcript.text.contains("FAILED: b-broken: the file is damaged at line 3."))
  }

  @Test("One that does not fit the machine, or has no cost at the scale, is a failure like any other")
  func refusals() throws {
    let tiny = Runner(results: runner.results, renderer: FigureRenderer(), output: transcript.output) { _ in
      Resources(freeDiskBytes: 10, physicalMemoryBytes: 10)
    }
    let campaign = Campaign([Sample.experiment(name: "a-large")], Sample.options, runner: tiny)
    #expect(campaign.failures.first?.reason.contains("needs 1 MB of disk where 10 B are free") == true)
    var options = Sample.options
    options.scale = .paper
    #expect(
      Campaign([Sample.experiment(name: "a-large")], options, runner: runner).failures.first?.reason.contains("states no cost") == true)
  }

  @Test("All that are complete are a complete campaign without a table; a claim that does not hold is a result, a figure not drawn a fault")
  func complete() throws {
    let good = Campaign([Sample.experiment(name: "a-good", claims: [Sample.isFalse])], Sample.options, runner: runner)
    #expect(good.isComplete && good.failureTable() == nil)
    let figure = Figure("a-figure") { _ in throw Boom() }
    #expect(!Campaign([Sample.experiment(name: "b-bad", figures: [figure])], Sample.options, runner: runner).isComplete)
    let claim = Claim("a.claim", "cannot be judged", source: "nowhere") { _ in throw Boom() }
    #expect(!Campaign([Sample.experiment(name: "c-bad", claims: [claim])], Sample.options, runner: runner).isComplete)
  }

  @Test("An interruption stops all of them at once, and what was completed is reported")
  func interruption() throws {
    let begun = Counter()
    let stopped = Sample.experiment(name: "a-stopped") { _ in
      begun.next()
      throw Cancelled(signal: SIGINT)
    }
    let next = Sample.experiment(name: "b-next") { context in
      begun.next()
      try Sample.measure(context)
    }
    let campaign = Campaign([Sample.experiment(name: "a-done"), stopped, next], Sample.options, runner: runner)
    #expect(campaign.stopped == Cancelled(signal: SIGINT) && !campaign.isComplete)
    #expect(campaign.reports.count == 1 && campaign.failures.isEmpty)
    #expect(begun.value == 1)
  }
}
